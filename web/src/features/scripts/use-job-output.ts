import { type JobOutput, jobRoutes } from '@hearth/contract';
import { useApi } from '../../api/api.ts';
import { useLive } from '../../api/use-live.ts';
import { useResource } from '../../api/use-resource.ts';
import { joinPieces } from './pieces.ts';

const pageSize = 1000;

/** What a job's program wrote, in the order in which it came: loaded, then continued live. */
export function useJobOutput(jobId: () => string) {
  const { call } = useApi();
  let heard: readonly JobOutput[] = [];
  const output = useResource<readonly JobOutput[]>(
    async (signal) => {
      heard = [];
      let loaded: readonly JobOutput[] = [];
      for (let after = 0; ; ) {
        const query = { after, limit: pageSize };
        const page = await call(jobRoutes.pieces, { params: { id: jobId() }, query }, { signal });
        loaded = joinPieces(loaded, page);
        if (page.length < pageSize) return joinPieces(loaded, heard);
        after = page[page.length - 1]?.seq ?? after;
      }
    },
    [jobId],
  );
  useLive(
    () => `job:${jobId()}` as const,
    (message) => {
      if (message.type !== 'job.output') return;
      if (output.loading.value) heard = joinPieces(heard, message.pieces);
      if (output.data.value) output.data.value = joinPieces(output.data.value, message.pieces);
    },
    output.reload,
  );
  return output;
}
