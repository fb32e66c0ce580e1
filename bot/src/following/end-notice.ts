import type { TrainingRun } from '@hearth/contract';
import { InputFile } from 'grammy';
import { type RunVerb, runKeyboard } from '../buttons.ts';
import { metricChart } from '../chart/metric-chart.ts';
import { toPng } from '../chart/picture.ts';
import type { HearthApi } from '../hearth/hearth-api.ts';
import type { Desk } from '../telegram/post.ts';
import { endText, titleOf } from './progress-text.ts';

/** The metrics of a run as a picture; undefined where there are none, or they could not be had. */
async function pictureOf(run: TrainingRun, api: HearthApi, { log }: Desk): Promise<Uint8Array | undefined> {
  try {
    const chart = metricChart(titleOf(run.config), await api.history(run.session_id));
    return chart === undefined ? undefined : await toPng(chart);
  } catch (err) {
    log.warn({ err, session: run.session_id }, 'The chart could not be drawn.');
    return undefined;
  }
}

const verbsOf = ({ status, checkpoint }: TrainingRun): RunVerb[] =>
  status !== 'completed' && checkpoint ? ['logs', 'resume'] : ['logs'];

/** Tells how a run ended: a message of its own, so that the phone rings, with the metrics as a picture. */
export async function sendEndNotice(
  run: TrainingRun,
  chatId: number,
  api: HearthApi,
  desk: Desk,
): Promise<void> {
  const other = { parse_mode: 'HTML' as const, reply_markup: runKeyboard(run.session_id, verbsOf(run)) };
  const picture = await pictureOf(run, api, desk);
  const text = endText(run);
  if (!picture) await desk.api.sendMessage(chatId, text, other);
  else
    await desk.api.sendPhoto(chatId, new InputFile(picture, `${run.session_id}.png`), {
      ...other,
      caption: text,
    });
}
