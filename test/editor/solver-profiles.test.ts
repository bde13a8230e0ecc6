import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import should from 'should';
import { allFields } from '../../nodes/dialog/field';
import { SOLVER_PROFILES } from '../../src/insight/logs/solvers/solver-profiles';
import { monitorFields } from '../../src/runtime/monitor/monitor-fields';
import { root, sources } from './shipped';

const solvers = join(root, 'src', 'insight', 'logs', 'solvers');
const known = SOLVER_PROFILES.map(({ solver }) => solver as string);
/** Choices that are no solver. */
const CHOICES = ['auto', 'patterns'];

describe('Each profile of a solver', () => {
  it('is among those that are recognised', () => {
    const defined = readdirSync(solvers, { encoding: 'utf8', recursive: true }).flatMap((file) =>
      file.endsWith('.ts')
        ? [...readFileSync(join(solvers, file), 'utf8').matchAll(/^ {2}solver: '(\w+)'/gm)].map(
            ([, name]) => name!,
          )
        : [],
    );
    defined
      .filter((name) => !known.includes(name))
      .map((name) => `solver-profiles.ts does not name ${name}`)
      .should.eql([]);
  });

  it('can be chosen in the dialog, and the server takes it', () => {
    const { dialog } = sources.nodes.find((node) => node.name === 'monitor-run')!;
    const choice = allFields(dialog.fields).find(({ name }) => name === 'solver');
    const offered: readonly string[] = choice?.kind === 'select' ? choice.options : [];
    known
      .filter((name) => !offered.includes(name))
      .map((name) => `nodes/monitor-run/dialog.ts does not offer ${name}`)
      .should.eql([]);
    offered
      .filter((name) => !known.includes(name) && !CHOICES.includes(name))
      .map((name) => `nodes/monitor-run/dialog.ts offers ${name}, of which there is no profile`)
      .should.eql([]);
    for (const name of offered) {
      const config = { solver: name } as never;
      should(monitorFields.solver.read({ name: 'solver', config, evaluate: () => undefined })).equal(name);
    }
  });
});
