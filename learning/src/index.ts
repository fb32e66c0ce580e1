export { type DataFormat, dataFormats } from './data/read.ts';
export { LearningError, type LearningErrorCode } from './errors.ts';
export { type Architecture, architectures, getArchitecture } from './models/architectures.ts';
export { createPredictor, type Prediction, type PredictionRow, type Predictor } from './predictor.ts';
export { type TrainOptions, train } from './train.ts';
export type { ModelMetadata, TabularMetadata, TextMetadata } from './training/metadata.ts';
export type { EpochEvent, TrainingEvent, TrainingOptions } from './training/options.ts';
export type { Artifact, TrainedModel, TrainingData, TrainingRequest } from './training/run.ts';
