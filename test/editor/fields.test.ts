import should from 'should';
import { allFields, type Field } from '../../nodes/dialog/field';
import type { Field as ServerField, Fields } from '../../src/runtime/fields/fields';
import type { NodeModule } from '../../src/runtime/node/define-node';
import { editorNode, loadEditor, sources, template, types } from './shipped';

/** What a node reads that no dialog has: a control message brings it. */
const OF_MESSAGES: Record<string, string[]> = { 'rescale-watch-runs': ['jobId'] };
/** What Node-RED or the seam reads itself. */
const OF_ALL = ['name', 'version', 'platform'];

const definitions = loadEditor('en-US', types);
const nodes = sources.nodes.filter(({ dialog }) => dialog.category !== 'config');

/** What a field makes of a stored configuration, or the sentence of its error. */
async function read(
  field: ServerField<unknown>,
  name: string,
  config: Record<string, unknown>,
): Promise<unknown> {
  const evaluate = (value: string, type: string) =>
    Promise.resolve(
      type === 'num' ? Number(value) : type === 'json' ? (JSON.parse(value) as unknown) : `${type} ${value}`,
    );
  try {
    return await field.read({ name, config: config as never, evaluate });
  } catch (error) {
    return (error as Error).message;
  }
}

describe('Fields of the dialog and of the server', () => {
  for (const { name: folder, type, dialog } of nodes) {
    describe(type, () => {
      const { fields = {} } = module.require(`../../nodes/${folder}/node`) as NodeModule & {
        fields?: Fields;
      };
      const stored = Object.keys(definitions.get(type)!.defaults).filter((name) => !OF_ALL.includes(name));
      const shown = stored.filter((name) => !(name.endsWith('Type') && stored.includes(name.slice(0, -4))));

      it('have the name before what is folded away, and nothing else after it', () => {
        const [above, row] = template(type).split(/(?=<div class="form-row" id="rescale-row-name")/) as [
          string,
          string,
        ];
        /<details(?![^>]* open)/.test(above).should.equal(false);
        const below = row.slice(row.indexOf('</div>') + 6);
        below
          .replace(/<details[^]*?<\/details>|<\/div>/g, '')
          .trim()
          .should.equal('');
      });

      it('are the same', () => {
        const known = Object.keys(fields).filter((name) => !OF_MESSAGES[type]?.includes(name));
        known
          .filter((name) => !shown.includes(name))
          .map((name) => `nodes/${folder}/dialog.ts has no field ${name}, which node.ts reads`)
          .should.eql([]);
        shown
          .filter((name) => !(name in fields))
          .map((name) => `nodes/${folder}/node.ts does not read ${name}, which the dialog stores`)
          .should.eql([]);
      });

      it('have the same defaults', async () => {
        const untouched = editorNode(type, definitions.get(type)!, 'en-US');
        for (const name of shown.filter((one) => one in fields)) {
          // What a field is without the dialog may depend on the others, so only its own is left out.
          const without: Record<string, unknown> = {
            ...untouched,
            [name]: undefined,
            [`${name}Type`]: undefined,
          };
          const given = await read(fields[name]!, name, untouched);
          // Arrays of the dialogs come from another realm.
          should(JSON.stringify(await read(fields[name]!, name, without))).equal(
            JSON.stringify(given),
            `nodes/${folder}/dialog.ts and node.ts have other defaults of ${name}`,
          );
        }
      });

      const choices = allFields(dialog.fields).filter(
        (field): field is Extract<Field, { kind: 'select' }> => field.kind === 'select',
      );
      for (const { name, options } of choices) {
        it(`have the same choices of ${name}`, async () => {
          for (const option of options) {
            (await read(fields[name]!, name, { [name]: option }))!.should.equal(option);
          }
          String(await read(fields[name]!, name, { [name]: 'none of them' })).should.containEql(
            options.join(', '),
          );
        });
      }
    });
  }
});
