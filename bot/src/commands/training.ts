import { randomBytes } from 'node:crypto';
import { Composer, type Context } from 'grammy';
import { menu } from '../buttons.ts';
import type { Follower } from '../following/follower.ts';
import { describeFailure, isExpected } from '../hearth/failure.ts';
import type { HearthApi } from '../hearth/hearth-api.ts';
import { PAGE_SIZE } from '../pages.ts';
import { acknowledge, put, say } from './answers.ts';
import type { Dialogues } from './dialogues.ts';
import {
  type At,
  chooseDataset,
  chooseEpochs,
  choosePlan,
  configOf,
  type Dialogue,
  isTrainable,
  parseEpochs,
} from './training-dialogue.ts';
import { ask, epochsRefused, trainButton } from './training-questions.ts';

const LONGEST_SEARCH = 100;

interface TrainingCommandOptions {
  api: HearthApi;
  follower: Follower;
  dialogues: Dialogues;
}

const noData =
  'Пока нет ни одного датасета, на котором можно учить. Загрузите его на странице «Данные» в веб-интерфейсе.';

const outdated = { text: 'Эти кнопки больше не действуют. Начать заново: /train', show_alert: true };

/** 🎓 From the data set to a run that is followed. */
export function trainingCommands({ api, follower, dialogues }: TrainingCommandOptions): Composer<Context> {
  const commands = new Composer();

  const begin = async (ctx: Context) => {
    const datasets = (await api.datasets()).filter(isTrainable).map(({ name, format }) => ({ name, format }));
    if (datasets.length === 0) return say(ctx, noData);
    const dialogue: Dialogue = { step: 'dataset', id: randomBytes(4).toString('hex'), datasets, page: 0 };
    dialogues.set(ctx.chat!.id, dialogue);
    await put(ctx, ask(dialogue), 'anew');
  };
  commands.command('train', begin);
  commands.hears(menu.train, begin);

  const goTo = async (ctx: Context, next: Dialogue | undefined) => {
    if (!next) return say(ctx, 'Для этих данных пока нет подходящей архитектуры.');
    dialogues.set(ctx.chat!.id, next);
    await put(ctx, ask(next));
  };

  /** The dialogue ends before the order is given: a second press finds none. */
  const start = async (ctx: Context, dialogue: At<'confirm'>) => {
    dialogues.delete(ctx.chat!.id);
    try {
      const { session_id } = await api.startTraining(configOf(dialogue));
      const { message_id: messageId } = ctx.callbackQuery!.message!;
      follower.follow(session_id, { chatId: ctx.chat!.id, messageId });
    } catch (error) {
      if (!isExpected(error)) throw error;
      await put(ctx, { text: `Обучение не начато. ${describeFailure(error)}.` });
    }
  };

  const advance = async (ctx: Context, dialogue: Dialogue, verb: string, index: number) => {
    if (verb === 'page' && dialogue.step === 'dataset') return goTo(ctx, { ...dialogue, page: index });
    if (verb === 'dataset' && dialogue.step === 'dataset')
      return goTo(ctx, chooseDataset(dialogue, index, await api.architectures()));
    if (verb === 'plan' && dialogue.step === 'architecture') return goTo(ctx, choosePlan(dialogue, index));
    if (verb === 'epochs' && dialogue.step === 'epochs' && parseEpochs(String(index)))
      return goTo(ctx, chooseEpochs(dialogue, index));
    if (verb === 'go' && dialogue.step === 'confirm') return start(ctx, dialogue);
  };
  commands.callbackQuery(trainButton, async (ctx) => {
    const [, id, verb = '', value] = ctx.match;
    const dialogue = dialogues.get(ctx.chat!.id);
    // The message stays as it is: it may by now show the run that was started with it.
    if (!dialogue || dialogue.id !== id) return acknowledge(ctx, outdated);
    await acknowledge(ctx);
    if (verb !== 'cancel') return advance(ctx, dialogue, verb, Number(value));
    dialogues.delete(ctx.chat!.id);
    await put(ctx, { text: 'Обучение отменено.' });
  });

  commands.command('cancel', async (ctx) => {
    const was = dialogues.delete(ctx.chat.id);
    await say(ctx, was ? 'Обучение отменено.' : 'Отменять нечего.');
  });

  /** A part of a name, or a number of epochs typed; any other text is somebody else's. */
  commands.on('message:text', async (ctx, next) => {
    const dialogue = dialogues.get(ctx.chat.id);
    const { text } = ctx.message;
    if (text.startsWith('/')) return next();
    if (dialogue?.step === 'dataset' && dialogue.datasets.length > PAGE_SIZE)
      return goTo(ctx, { ...dialogue, page: 0, search: text.trim().slice(0, LONGEST_SEARCH) });
    if (dialogue?.step !== 'epochs') return next();
    const epochs = parseEpochs(text);
    if (epochs === undefined) return say(ctx, epochsRefused);
    await goTo(ctx, chooseEpochs(dialogue, epochs));
  });
  return commands;
}
