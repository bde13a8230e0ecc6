import should from 'should';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';
import { currentVersion } from '../../src/runtime/fields/migrations';
import { around, editorNode, help, html, loadEditor, root, scripts, template, types } from './shipped';

/** The arguments of each `registerType` in a script, as the flow library's scanner sees them: by their syntax. */
function registrations(script: string): ts.CallExpression[] {
  const found: ts.CallExpression[] = [];
  const visit = (node: ts.Node): void => {
    if (
      ts.isCallExpression(node) &&
      ts.isPropertyAccessExpression(node.expression) &&
      node.expression.name.text === 'registerType'
    ) {
      found.push(node);
    }
    node.forEachChild(visit);
  };
  visit(ts.createSourceFile('editor.js', script, ts.ScriptTarget.Latest, true));
  return found;
}

/** Names that Node-RED keeps for itself. */
const RESERVED = [
  'id',
  'type',
  'wires',
  'inputs',
  'outputs',
  'x',
  'y',
  'z',
  'd',
  'g',
  'l',
  'changed',
  'dirty',
  'valid',
];

describe('Editor definitions', () => {
  const definitions = loadEditor('en-US', types);

  it('are there for every node that the package lists', () => {
    const listed = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      'node-red': { nodes: Record<string, string> };
    };
    for (const type of Object.keys(listed['node-red'].nodes)) definitions.has(type).should.equal(true, type);
  });

  it('call a download by the end of a long folder, which as a whole is as wide as half a flow', () => {
    const definition = definitions.get('rescale-download-files')!;
    const node = editorNode('rescale-download-files', definition, 'en-US');
    const label = (folder: string) =>
      definition.label.call({ ...node, to: 'folder', folder, folderType: 'str' });
    label('/data/results').should.equal('download to /data/results');
    label('/home/engineer/simulations/wing/results/').should.equal('download to …/results');
  });

  for (const type of types) {
    describe(type, () => {
      const definition = definitions.get(type)!;
      const config = definition.category === 'config';

      it('is registered once, with literals that the flow library can read', () => {
        const calls = scripts(html(type)).flatMap(registrations);
        calls.length.should.equal(1);
        const [name, object] = calls[0]!.arguments;
        ts.isStringLiteral(name!).should.equal(true);
        (name as ts.StringLiteral).text.should.equal(type);
        const read: Record<string, unknown> = {};
        for (const property of (object as ts.ObjectLiteralExpression).properties) {
          if (!ts.isPropertyAssignment(property)) continue;
          const value = property.initializer;
          const key = property.name.getText();
          if (ts.isObjectLiteralExpression(value)) read[key] = 'object';
          else if (ts.isStringLiteral(value)) read[key] = value.text;
          else if (ts.isNumericLiteral(value)) read[key] = Number(value.text);
        }
        read.should.containEql({
          category: config ? 'config' : 'rescale',
          color: '#3FADB5',
          icon: `${type}.svg`,
          defaults: 'object',
        });
        if (!config) read.should.have.properties(['inputs', 'outputs']);
      });

      it('brings its code with it, so that no other node has to wait for a download', () => {
        html(type).should.not.match(/<script[^>]+src=/);
        html(type).should.not.match(/type="module"/);
      });

      it('stores a version, a name and nothing that Node-RED keeps for itself', () => {
        const names = Object.keys(definition.defaults);
        definition.defaults['version']!.value!.should.equal(currentVersion(type));
        names.should.containEql('name');
        names.filter((name) => RESERVED.includes(name) || name.length === 1).should.eql([]);
        const local = !config && !('platform' in definition.defaults);
        // What asks no platform has no errors of one either.
        if (local) help('en-US', type).should.not.containEql('RESCALE_AUTH');
        if (!config && !local) {
          should({ ...definition.defaults['platform'] }).containEql({ type: 'rescale-platform' });
          should(definition.defaults['platform']!.required).equal(true);
        }
      });

      it('stores no list by the id of a control, whose value Node-RED would take for it', () => {
        const lists = [...template(type).matchAll(/<ol[^>]* id="node-(?:config-)?input-([^"]+)"/g)].map(
          (match) => match[1]!,
        );
        lists.filter((name) => name in definition.defaults).should.eql([]);
      });

      it('has a control for everything that is stored, and stores everything that has a control', () => {
        const prefix = config ? 'node-config-input-' : 'node-input-';
        const controls = [...template(type).matchAll(/<(?:input|select)[^>]* id="([^"]+)"/g)]
          .map((match) => match[1]!)
          .filter((id) => id.startsWith(prefix))
          .map((id) => id.slice(prefix.length));
        const boxes = [...template(type).matchAll(/ data-check="(\w+)"/g)].map((match) => match[1]!);
        const lists = [...template(type).matchAll(/<ol id="node-input-(\w+)-rows"/g)].map(
          (match) => match[1]!,
        );
        // The region stands for the address; number and unit stand for a quantity.
        const shown = [...new Set([...controls, ...boxes, ...lists])].filter(
          (name) => name !== 'region' && !/-(value|typed|unit)$/.test(name),
        );
        const stored = [...Object.keys(definition.defaults), ...Object.keys(definition.credentials ?? {})];
        shown.sort().should.eql(stored.filter((name) => name !== 'version').sort());
      });

      it('names every control', () => {
        const dialog = template(type);
        for (const [tag, id] of dialog.matchAll(/<(?:input|select)[^>]* id="([^"]+)"[^>]*>/g)) {
          if (tag.includes('type="hidden"') || tag.includes('[aria-label]')) continue;
          // A typed input makes its visible part itself, with this id.
          const visible = id!.replace(/-typed$/, '-value');
          dialog.should.match(new RegExp(`<label[^>]* for="${visible}"`), id);
        }
      });

      it('says what the node does, and with what', () => {
        const bare = editorNode(type, definition, 'en-US');
        definition.label.call(bare).should.be.a.String().and.not.be.empty();
        definition.label.call({ ...bare, name: 'mine' }).should.equal('mine');
        definition.labelStyle.call({ ...bare, name: 'mine' }).should.equal('node_label_italic');
        if (config) return;
        definition.paletteLabel!.call(bare).should.not.be.empty();
        definition.inputLabels!.call(bare).should.not.be.empty();
        for (let port = 0; port < definition.outputs!; port += 1) {
          definition.outputLabels!.call(bare, port).should.not.be.empty();
        }
      });
    });
  }

  it('name the file, the run or the job that a node is about', () => {
    const label = (type: string, stored: object) => {
      const definition = definitions.get(type)!;
      return definition.label.call(editorNode(type, definition, 'en-US', stored as Record<string, unknown>));
    };
    const job = { jobId: 'foamSweep', jobIdType: 'str' };
    label('rescale-tail-file', { path: 'shared/log.simpleFoam', pathType: 'str' }).should.equal(
      'tail log.simpleFoam',
    );
    label('rescale-tail-file', { path: 'path', pathType: 'msg' }).should.equal('tail file');
    label('rescale-list-runs', job).should.equal('list runs of foamSweep');
    label('rescale-get-run', { ...job, runId: '3', runIdType: 'str' }).should.equal('get run 3 of foamSweep');
    label('rescale-get-run', job).should.equal('get run');
    label('rescale-wait-run', { ...job, scope: 'job' }).should.equal('wait for all runs of foamSweep');
    label('rescale-watch-runs', { jobs: 'a,b', jobsType: 'str' }).should.equal('watch runs of a, b');
    label('rescale-platform', { url: 'https://eu.rescale.com' }).should.equal('eu.rescale.com');
  });

  it('tell platforms of the same address apart, and show which are read-only', () => {
    const simulators = ['one', 'two'].map((id) => ({ id, type: 'rescale-platform', url: 'simulator' }));
    around.push(...simulators);
    const definition = definitions.get('rescale-platform')!;
    const label = (stored: Record<string, unknown>) =>
      definition.label.call(editorNode('rescale-platform', definition, 'en-US', stored));
    simulators.map(label).should.eql(['Simulator', 'Simulator 2']);
    // Those of another speed have other jobs, and errors call them by it.
    const fast = { id: 'fast', type: 'rescale-platform', url: 'simulator', speed: 600 };
    around.push(fast);
    label(fast).should.equal('Simulator (speed 600)');
    label({ id: 'three', name: 'Mine', readOnly: true }).should.equal('Mine (read-only)');
    around.splice(1);
  });

  it('register in any order, and check values before the shared rules have come', () => {
    for (const order of [[...types], [...types].reverse()]) {
      loadEditor('en-US', order).size.should.equal(types.length);
    }
    for (const type of types.filter((one) => one !== 'rescale-platform')) {
      const alone = loadEditor('en-US', [type]).get(type)!;
      const node = editorNode(type, alone, 'en-US');
      for (const [name, property] of Object.entries(alone.defaults)) {
        if (property.validate) property.validate.call(node, node[name], {}).should.equal(true, name);
      }
    }
  });

  it('use no colour of their own, so that dark and light both fit', () => {
    const styled = types.map(html).join('');
    styled.should.not.match(/(?:color|background)[^;"]*:\s*(?:#|rgb|white|black)/);
  });
});

describe('Icons', () => {
  const icons = readdirSync(join(root, 'icons'));
  const drawing = (icon: string) => readFileSync(join(root, 'icons', icon), 'utf8');

  it('are one for each type, and no more', () => {
    icons.sort().should.eql(types.map((type) => `${type}.svg`).sort());
    new Set(icons.map(drawing)).size.should.equal(icons.length);
    for (const type of types) existsSync(join(root, 'icons', `${type}.svg`)).should.equal(true);
  });

  for (const icon of icons) {
    it(`${icon} is white on nothing, two by three`, () => {
      drawing(icon).should.match(/^<svg [^>]*viewBox="0 0 40 60"/);
      const colours = [...drawing(icon).matchAll(/(?:fill|stroke)="([^"]+)"/g)].map((match) => match[1]);
      colours.filter((colour) => colour !== '#fff' && colour !== 'none').should.eql([]);
      drawing(icon).should.not.match(/<(?:rect|image|script|style|foreignObject)/);
    });
  }
});
