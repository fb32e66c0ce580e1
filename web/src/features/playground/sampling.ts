import { ChatCompletionRequest } from '@hearth/contract';

/** How the next token is chosen, how many at most, and what the model is told beforehand. */
export interface Sampling {
  temperature: number | undefined;
  maxTokens: number | undefined;
  system: string;
}
export const defaultSampling: Sampling = { temperature: 0.7, maxTokens: 512, system: '' };

/** Whether the contract takes the value; empty leaves it to the server. */
export const isValidTemperature = (value: unknown): boolean =>
  ChatCompletionRequest.shape.temperature.safeParse(value).success;
export const isValidMaxTokens = (value: unknown): boolean =>
  ChatCompletionRequest.shape.max_tokens.safeParse(value).success;
export const isValid = ({ temperature, maxTokens }: Sampling): boolean =>
  isValidTemperature(temperature) && isValidMaxTokens(maxTokens);
