import { z } from 'zod';

/** The forms of the Bot API's methods that the bot uses (core.telegram.org/bots/api); unknown fields are refused. */
const id = z.number().int();
const bytes = (text: string) => Buffer.byteLength(text);

const Button = z
  .strictObject({
    text: z.string().min(1),
    callback_data: z
      .string()
      .refine((data) => bytes(data) >= 1 && bytes(data) <= 64, 'BUTTON_DATA_INVALID')
      .optional(),
    url: z.url().optional(),
  })
  .refine(
    (button) => (button.callback_data === undefined) !== (button.url === undefined),
    'exactly one action',
  );
const InlineKeyboard = z.strictObject({
  inline_keyboard: z
    .array(z.array(Button).max(8))
    .refine((rows) => rows.flat().length <= 100, 'too many buttons'),
});
const ReplyKeyboard = z.strictObject({
  keyboard: z.array(
    z.array(z.union([z.string().min(1), z.strictObject({ text: z.string().min(1) })])).min(1),
  ),
  is_persistent: z.boolean().optional(),
  resize_keyboard: z.boolean().optional(),
  one_time_keyboard: z.boolean().optional(),
});
export type InlineKeyboard = z.infer<typeof InlineKeyboard>;

const parse_mode = z.enum(['HTML', 'MarkdownV2', 'Markdown']).optional();
const link_preview_options = z.strictObject({ is_disabled: z.boolean() }).optional();
const updates = z.array(z.enum(['message', 'callback_query', 'edited_message'])).optional();
const command = z.strictObject({
  command: z.string().regex(/^[a-z0-9_]{1,32}$/),
  description: z.string().min(1).max(256),
});

export const forms = {
  getMe: z.strictObject({}),
  getUpdates: z.strictObject({
    offset: id.optional(),
    limit: id.min(1).max(100).optional(),
    timeout: id.min(0).optional(),
    allowed_updates: updates,
  }),
  setWebhook: z.strictObject({
    url: z.url({ protocol: /^https?$/ }),
    secret_token: z
      .string()
      .regex(/^[\w-]{1,256}$/)
      .optional(),
    allowed_updates: updates,
    max_connections: id.min(1).max(100).optional(),
    drop_pending_updates: z.boolean().optional(),
  }),
  deleteWebhook: z.strictObject({ drop_pending_updates: z.boolean().optional() }),
  setMyCommands: z.strictObject({
    commands: z.array(command).max(100),
    scope: z
      .strictObject({ type: z.enum(['default', 'chat', 'all_private_chats']), chat_id: id.optional() })
      .optional(),
  }),
  sendMessage: z.strictObject({
    chat_id: id,
    text: z.string(),
    parse_mode,
    link_preview_options,
    reply_markup: z.union([InlineKeyboard, ReplyKeyboard]).optional(),
  }),
  editMessageText: z.strictObject({
    chat_id: id,
    message_id: id,
    text: z.string(),
    parse_mode,
    link_preview_options,
    reply_markup: InlineKeyboard.optional(),
  }),
  sendPhoto: z.strictObject({
    chat_id: id,
    photo: z.instanceof(Buffer),
    caption: z.string().optional(),
    parse_mode,
    reply_markup: InlineKeyboard.optional(),
  }),
  sendChatAction: z.strictObject({
    chat_id: id,
    action: z.enum(['typing', 'upload_photo', 'upload_document', 'record_voice', 'find_location']),
  }),
  answerCallbackQuery: z.strictObject({
    callback_query_id: z.string().min(1),
    text: z.string().max(200).optional(),
    show_alert: z.boolean().optional(),
  }),
};
export type Method = keyof typeof forms;
export type Form<M extends Method> = z.infer<(typeof forms)[M]>;
