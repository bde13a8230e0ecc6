import 'should';

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';

import { layOut } from '../../scripts/nodes/layout';
import { readSources } from '../../scripts/nodes/sources';
import { installPackage, packedTarball } from '../real/installed-package';
import { runtimeProgram } from '../real/runtimes';
import { projectFolder, temporaryFolder } from '../real/scripts';

interface Manifest {
  name: string;
  files: string[];
  bin: Record<string, string>;
  dependencies: Record<string, string>;
  'node-red': { version: string; nodes: Record<string, string> };
}

/** All files below a folder, relative to it. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/** What a built file asks for with `require` or `import()`. */
function required(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/\b(?:require|import)\(\s*["']([^"']+)["']\s*\)/g)].map(([, name]) => name!);
}

const packageOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');

describe('the packed package', function () {
  this.timeout(120_000);
  let folder: string;
  let files: string[];
  let manifest: Manifest;
  let types: string[];

  before(() => {
    const extracted = temporaryFolder('tarball');
    execFileSync('tar', ['-xzf', packedTarball(), '-C', extracted]);
    folder = join(extracted, 'package');
    files = filesBelow(folder);
    manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
    types = Object.keys(manifest['node-red'].nodes);
  });

  it('has nothing but what a user needs', () => {
    const places =
      /^(dist\/(nodes|src)\/.+\.(js|html|json|svg)|dist\/nodes\/palette\.js\.map|dist\/bundles\/.+\.(js|wasm|ttf|txt)|examples\/[^/]+\.json)$/;
    const documents = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'];
    files.filter((file) => !places.test(file)).should.eql(documents);
    files.filter((file) => /(^|\/)tests?\/|\.test\.|\.d\.ts$/.test(file)).should.eql([]);
  });

  it('has every built file for a source that exists, and every source built', () => {
    const apart = ['src/insight', 'src/simulator'].flatMap((room) =>
      filesBelow(join(projectFolder, room))
        .filter((file) => file.endsWith('.ts'))
        .map((file) => join('dist', room, file.replace(/\.ts$/, '.js'))),
    );
    // What Node-RED loads stands beside the dialogs, and leads to the one file that all nodes are in.
    const entries = types.map((type) => join('dist', 'nodes', `${type}.js`));
    files
      .filter((file) => file.endsWith('.js') && !file.startsWith('dist/bundles/'))
      .should.eql([...apart, ...entries, 'dist/nodes/late.js', 'dist/nodes/palette.js'].sort());

    const { sources } = JSON.parse(readFileSync(join(folder, 'dist/nodes/palette.js.map'), 'utf8')) as {
      sources: string[];
    };
    const nodes = filesBelow(join(projectFolder, 'nodes')).filter((file) => basename(file) === 'node.ts');
    sources.should.containDeep(nodes);
  });

  it('has its one large file in plain ASCII, which Node.js keeps at one byte a character', () => {
    const text = readFileSync(join(folder, 'dist', 'nodes', 'palette.js'), 'utf8');
    text.should.not.match(/[\u0080-\uffff]/);
  });

  it('has nothing twice: what is apart from the bundle shares no state with it', () => {
    const palette = readFileSync(join(folder, 'dist/nodes/palette.js'), 'utf8');
    palette.should.not.match(/^\/\/ src\/simulator\//m);
    const apart = files.filter((file) => /^dist\/src\/.+\.js$/.test(file));
    for (const file of apart) {
      for (const name of required(join(folder, file)).filter((one) => one.startsWith('.'))) {
        join(dirname(file), name).should.match(/^dist\/(src\/(insight|simulator)(\/|$)|bundles\/)/);
      }
    }
  });

  it('lists every node type, each with its two files', () => {
    const { nodes } = readSources();
    nodes
      .map(({ type }) => type)
      .sort()
      .should.eql([...types].sort());
    for (const [type, file] of Object.entries(manifest['node-red'].nodes)) {
      file.should.equal(`dist/nodes/${type}.js`);
      files.should.containEql(file);
      files.should.containEql(`dist/nodes/${type}.html`);
    }
  });

  it('has the icon that each node names', () => {
    for (const type of types) {
      const html = readFileSync(join(folder, 'dist', 'nodes', `${type}.html`), 'utf8');
      const icon = /\bicon:\s*['"]([^'"]+)['"]/.exec(html)?.[1];
      if (icon !== undefined && icon.includes('rescale')) files.should.containEql(`dist/nodes/icons/${icon}`);
    }
    for (const icon of readdirSync(join(projectFolder, 'icons'))) {
      files.should.containEql(`dist/nodes/icons/${icon}`);
    }
  });

  it('has the dialog, the catalogs and the help of every node in each language', () => {
    for (const path of layOut(readSources()).keys()) files.should.containEql(join('dist', 'nodes', path));
  });

  it('has every example', () => {
    const examples = readdirSync(join(projectFolder, 'examples')).map((file) => `examples/${file}`);
    files.filter((file) => file.startsWith('examples/')).should.eql(examples.sort());
    examples.length.should.be.above(0);
  });

  it('has every command, ready to be run', () => {
    for (const file of Object.values(manifest.bin)) {
      readFileSync(join(folder, file), 'utf8').should.startWith('#!/usr/bin/env node\n');
      (statSync(join(folder, file)).mode & 0o111).should.equal(0o111);
    }
  });

  it('requires only what is inside it or declared, and declares only what it requires', () => {
    const seen = new Set<string>();
    for (const file of files.filter((name) => name.endsWith('.js'))) {
      for (const name of required(join(folder, file))) {
        if (name.startsWith('.')) {
          const target = join(folder, dirname(file), name);
          [target, `${target}.js`, join(target, 'index.js')]
            .some((path) => path.startsWith(folder) && existsSync(path) && statSync(path).isFile())
            .should.be.true(`${file} requires ${name}`);
        } else if (!name.startsWith('node:') && !builtinModules.includes(name)) {
          (packageOf(name) in manifest.dependencies).should.be.true(`${file} requires ${name}`);
          seen.add(packageOf(name));
        }
      }
    }
    [...seen].sort().should.eql(Object.keys(manifest.dependencies).sort());
    Object.keys(manifest.dependencies).length.should.be.belowOrEqual(6);
  });

  it('registers every node type without reading the file that all of them are in', () => {
    const program = `
      const red = {
        nodes: { registerType: (type) => console.log(type) },
        httpAdmin: { post() {} },
        auth: { needsPermission() {} },
      };
      for (const file of ${JSON.stringify(Object.values(manifest['node-red'].nodes))})
        require(require('node:path').join(${JSON.stringify(folder)}, file))(red);
      console.log(Object.keys(require.cache).filter((path) => /palette/.test(path)).length);`;
    const told = execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' });
    told
      .trim()
      .split('\n')
      .should.eql([...types, '0']);
  });

  for (const runtime of ['4.1', '5'] as const) {
    it(`loads with plain require on the Node.js of Node-RED ${runtime}`, () => {
      const userDir = temporaryFolder('loads');
      installPackage(userDir);
      const installed = join(userDir, 'node_modules', manifest.name);
      const entries = Object.values(manifest['node-red'].nodes);
      const modules = files.filter(
        (file) =>
          file.endsWith('.js') &&
          !Object.values(manifest.bin).includes(file) &&
          // A worker, which is started and not loaded.
          file !== 'dist/bundles/drawing-thread.js',
      );
      const program = `
        for (const file of ${JSON.stringify(modules)}) {
          const loaded = require(require('node:path').join(${JSON.stringify(installed)}, file));
          if (!${JSON.stringify(entries)}.includes(file)) continue;
          if (typeof (loaded.default ?? loaded) !== 'function') throw new Error(file + ' exports no function');
        }
        console.log('loaded');`;
      const { node } = runtimeProgram(runtime);
      execFileSync(node, ['--no-experimental-require-module', '-e', program], {
        encoding: 'utf8',
      }).should.equal('loaded\n');
    });
  }
});
