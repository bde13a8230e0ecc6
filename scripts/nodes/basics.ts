/**
 * What all nodes share, as a help of its own that every other one links to: it stands once in each language, and no node
 * is as long as all of it. It travels with the platform's help; `nodes/editor/help-link.ts` shows it.
 */
import { textIn, type Texts } from '../../nodes/dialog/texts';
import { SourceError } from '../../nodes/dialog/source-error';
import { BASICS, BASIC_SECTIONS, type BasicSection } from '../../nodes/editor/basics';
import type { SharedTexts } from './sources';

export function basicsOf({ help, editor }: SharedTexts): string {
  const text = (name: string) => {
    const found = help.paragraphs[name];
    if (found === undefined) throw new SourceError(`help.json has no paragraph ${name}.`);
    return found;
  };
  const bodies: Record<BasicSection, () => string> = {
    terms: () => text('run'),
    fields: () =>
      labels(editor)
        .flatMap(([name, label]) => {
          const said = help.fields[name] ?? asMarkdown(textIn(editor, `common.tip.${name}`));
          return said === undefined ? [] : `- *${label}*: ${sentence(said)}`;
        })
        .join('\n'),
    reliability: () => text('reliability-text'),
    errors: () =>
      [
        text('errors'),
        Object.entries(help.errors)
          .map(([code, meaning]) => `- \`${code}\` – ${meaning}`)
          .join('\n'),
      ].join('\n\n'),
    examples: () => text('examples-text'),
  };
  const heading = (name: BasicSection) => help.headings[name === 'fields' ? 'fields-of-all' : name];
  const parts = BASIC_SECTIONS.map((name) => `### ${heading(name)!}\n\n${bodies[name]()}`);
  return `<script type="text/markdown" data-help-name="${BASICS}">\n${[text('basics'), ...parts].join('\n\n')}\n</script>\n`;
}

/** What dialogs call the fields that several of them have. */
function labels(editor: Texts): [name: string, label: string][] {
  const { field } = editor['common'] as { field: Record<string, string> };
  return Object.entries(field);
}

/** A dialog shows its hints as they are; in a help the stars of a pattern would make it bold. */
export const asMarkdown = (hint: string | undefined) => hint?.replace(/[*_]/g, '\\$&');

/** A hint of a dialog and what only the help says look alike below each other. */
export const sentence = (text: string) =>
  // A dialog shows its hints as text; here they would be taken for elements.
  (text.charAt(0).toUpperCase() + text.slice(1)).replace(/<(?=[a-z])/g, '&lt;');
