/** What the caller can put right: bad data or an impossible configuration. Everything else is a plain Error. */
export type LearningErrorCode =
  | 'architecture.unknown'
  | 'checkpoint.unsuited'
  | 'config.invalid'
  | 'config.loss_unsuited'
  | 'dataset.format_unsupported'
  | 'dataset.unreadable'
  | 'dataset.no_rows'
  | 'dataset.too_short'
  | 'dataset.too_wide'
  | 'dataset.no_features'
  | 'dataset.target_missing'
  | 'dataset.target_constant'
  | 'dataset.too_many_classes'
  | 'prediction.column_missing'
  | 'prediction.column_unknown'
  | 'prediction.value_unreadable'
  | 'training.diverged';

/** An error with a stable code and a sentence for people. */
export class LearningError extends Error {
  readonly code: LearningErrorCode;

  constructor(code: LearningErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LearningError';
    this.code = code;
  }
}
