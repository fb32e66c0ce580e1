/** Markdown of a model's reply as HTML. Raw HTML in it is shown as text, images are not loaded, links open apart. */
export type Markdown = (text: string) => string;

let loading: Promise<Markdown> | undefined;

/** The renderer comes as a file of its own, when the first reply needs it. */
export function loadMarkdown(): Promise<Markdown> {
  loading ??= import('markdown-it').then(({ default: MarkdownIt }) => {
    const markdown = new MarkdownIt({ html: false, linkify: true, breaks: true }).disable('image');
    markdown.renderer.rules.link_open = (tokens, at, options, _env, self) => {
      tokens[at]?.attrSet('target', '_blank');
      tokens[at]?.attrSet('rel', 'noopener noreferrer nofollow');
      return self.renderToken(tokens, at, options);
    };
    return (text) => markdown.render(text);
  });
  return loading;
}
