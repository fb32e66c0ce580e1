import { InlineKeyboard } from 'grammy';
import { PAGE_SIZE, pageAmong, turnPages } from '../pages.ts';
import { bold, code, escapeHtml } from '../telegram/html.ts';
import type { Face } from '../telegram/post.ts';
import { type At, type Dialogue, foundDatasets, MOST_EPOCHS } from './training-dialogue.ts';

/** What a button of the dialogue carries: the dialogue, what is chosen, and which one. */
export const trainButton = /^train:([0-9a-f]{8}):(dataset|page|plan|epochs|go|cancel)(?::(\d{1,6}))?$/;

const LONGEST_LABEL = 48;
const short = (text: string) => (text.length > LONGEST_LABEL ? `${text.slice(0, LONGEST_LABEL - 1)}…` : text);

const carried = ({ id }: Dialogue, verb: string, value?: number) =>
  `train:${id}:${verb}${value === undefined ? '' : `:${value}`}`;

const withCancel = (keyboard: InlineKeyboard, dialogue: Dialogue) =>
  keyboard.row().text('❌ Отмена', carried(dialogue, 'cancel'));

function askDataset(dialogue: At<'dataset'>): Face {
  const { datasets, search } = dialogue;
  const found = foundDatasets(dialogue);
  const shown = pageAmong(found, dialogue.page);
  const keyboard = new InlineKeyboard();
  for (const { name, index } of shown.items)
    keyboard.text(short(name), carried(dialogue, 'dataset', index)).row();
  turnPages(keyboard, shown, (page) => carried(dialogue, 'page', page));
  const lines = [bold('Обучение'), 'На каком датасете учить?'];
  if (datasets.length > PAGE_SIZE) lines.push('Нажмите кнопку или напишите часть имени.');
  if (search !== undefined)
    lines.push(
      `По запросу «${escapeHtml(search)}»: ${found.length > 0 ? found.length : 'ничего не нашлось'}.`,
    );
  return { text: lines.join('\n'), keyboard: withCancel(keyboard, dialogue) };
}

function askPlan(dialogue: At<'architecture'>): Face {
  const keyboard = new InlineKeyboard();
  for (const [index, { architecture }] of dialogue.plans.entries())
    keyboard.text(short(architecture), carried(dialogue, 'plan', index)).row();
  return {
    text: `${bold('Обучение')} на ${code(dialogue.dataset)}\nКакую модель учить?`,
    keyboard: withCancel(keyboard, dialogue),
  };
}

function askEpochs(dialogue: At<'epochs'>): Face {
  const { dataset, plan } = dialogue;
  const usual = Math.min(MOST_EPOCHS, plan.epochs);
  const keyboard = new InlineKeyboard();
  for (const epochs of [...new Set([1, 5, 20, 50, usual])].toSorted((a, b) => a - b))
    keyboard.text(
      epochs === usual ? `${epochs} (обычно)` : String(epochs),
      carried(dialogue, 'epochs', epochs),
    );
  return {
    text: `${bold('Обучение')}: ${escapeHtml(plan.architecture)} на ${code(dataset)}\nСколько эпох? Нажмите кнопку или напишите число от 1 до ${MOST_EPOCHS}.`,
    keyboard: withCancel(keyboard, dialogue),
  };
}

function askConfirm(dialogue: At<'confirm'>): Face {
  const { dataset, plan, epochs } = dialogue;
  return {
    text: [
      bold('Начать обучение?'),
      `Модель: ${escapeHtml(plan.architecture)}`,
      `Датасет: ${code(dataset)}`,
      `Эпох: ${epochs}`,
      `Шаг ${plan.learning_rate}, пакет ${plan.batch_size}, ${escapeHtml(plan.optimizer)}, ${escapeHtml(plan.loss_function)}`,
    ].join('\n'),
    keyboard: withCancel(new InlineKeyboard().text('✅ Начать', carried(dialogue, 'go')), dialogue),
  };
}

/** The question a person is to answer next. */
export function ask(dialogue: Dialogue): Face & { parse_mode: 'HTML' } {
  const face = (() => {
    switch (dialogue.step) {
      case 'dataset':
        return askDataset(dialogue);
      case 'architecture':
        return askPlan(dialogue);
      case 'epochs':
        return askEpochs(dialogue);
      case 'confirm':
        return askConfirm(dialogue);
    }
  })();
  return { ...face, parse_mode: 'HTML' };
}

export const epochsRefused = `Не понял. Нужно целое число от 1 до ${MOST_EPOCHS}, например 20. Отменить: /cancel`;
