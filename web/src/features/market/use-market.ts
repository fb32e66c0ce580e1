import { type MarketFeature, marketRoutes } from '@hearth/contract';
import { useApi } from '../../api/api.ts';
import { useLive } from '../../api/use-live.ts';
import { useResource } from '../../api/use-resource.ts';

/** The programs whose end changes what is shown here. */
export const marketScripts = {
  collect: 'data_collector.py',
  train: 'multi_model_trainer.py',
  predict: 'predictor.py',
} as const;
const writers = new Set<string>(Object.values(marketScripts));

/** Runs `reload` whenever a market program has ended well, and after every reconnect. */
export function useMarketNews(reload: () => void): void {
  useLive(
    'scripts',
    (message) => {
      if (message.type !== 'script.run.updated') return;
      const { script_name, status } = message.run;
      if (status === 'completed' && writers.has(script_name)) reload();
    },
    reload,
  );
}

export function useSymbols() {
  const { call } = useApi();
  return useResource(async (signal) => (await call(marketRoutes.symbols, {}, { signal })).items);
}

/** What is known of one symbol besides its bars. */
export function useForecasts(name: () => string) {
  const { call } = useApi();
  const params = () => ({ params: { name: name() } });
  const models = useResource(
    async (signal) => (await call(marketRoutes.models, params(), { signal })).items,
    [name],
  );
  const predictions = useResource(
    async (signal) =>
      (await call(marketRoutes.predictions, { ...params(), query: { limit: 200 } }, { signal })).items,
    [name],
  );
  return { models, predictions };
}

/** Bars and one feature; `newest` of undefined is all there is, put together by the server where it is much. */
export function useMarketChart(
  name: () => string,
  newest: () => number | undefined,
  feature: () => MarketFeature,
) {
  const { call } = useApi();
  return useResource(
    (signal) => {
      const query = { newest: newest(), points: 600, features: feature() };
      return call(marketRoutes.chart, { params: { name: name() }, query }, { signal });
    },
    [name, newest, feature],
  );
}
