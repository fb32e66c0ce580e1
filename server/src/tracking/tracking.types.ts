/** A point of a series; NaN and the infinities are values like others. */
export interface Point {
  key: string;
  step: number;
  atMs: number;
  value: number;
}

export type RunStatus = 'RUNNING' | 'SCHEDULED' | 'FINISHED' | 'FAILED' | 'KILLED';

/** Data a run read, as MLflow tells of it; `source`, `schema` and `profile` are texts of its own making. */
export interface DatasetInput {
  dataset: {
    name: string;
    digest: string;
    source_type: string;
    source: string;
    schema?: string | undefined;
    profile?: string | undefined;
  };
  tags: { key: string; value: string }[];
}
export interface ModelOutput {
  model_id: string;
  step: number;
}
