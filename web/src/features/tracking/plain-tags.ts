/** Tags without those that MLflow's own tools write for themselves. */
export const plainTags = (tags: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(tags).filter(([key]) => !key.startsWith('mlflow.')));
