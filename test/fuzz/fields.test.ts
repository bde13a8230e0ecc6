import 'should';
import fc from 'fast-check';

import { isRescaleError } from '../../src/api/errors/errors';
import {
  jobIdField,
  numberField,
  tickField,
  type Field,
  type NodeConfig,
} from '../../src/runtime/fields/fields';
import { deadlineField } from '../../src/runtime/fields/span-fields';
import { pathField } from '../../src/runtime/fields/file-fields';
import { checksField, listField } from '../../src/runtime/fields/list-field';
import { jobsField } from '../../src/runtime/fields/watch-fields';
import { WATCH_EVENTS } from '../../src/runs/watch/watch-event';
import { globFilter } from '../../src/runs/files/glob';
import { fileReferences } from '../../src/runs/download/wanted-files';
import { nasty, nastyPath } from './arbitraries';
import { bounded } from './runs';

const fields: Record<string, Field<unknown>> = {
  jobId: jobIdField(),
  path: pathField(),
  deadline: deadlineField(60),
  pageSize: numberField(100, { least: 1, most: 1000, whole: true }),
  outcome: tickField(true),
  jobs: jobsField(),
  events: checksField(WATCH_EVENTS, ['completed', 'job']),
};

async function refusedOr<Value>(make: () => Promise<Value> | Value): Promise<Value | null> {
  try {
    return await make();
  } catch (error) {
    if (!isRescaleError(error)) throw error;
    error.code.should.equal('RESCALE_INPUT');
    error.message.length.should.be.below(600);
    return null;
  }
}

describe('whatever a flow puts into a field', () => {
  for (const [name, field] of Object.entries(fields)) {
    it(`${name} is taken or refused in words`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(fc.anything(), nasty),
          fc.oneof(fc.constant('msg'), nasty),
          fc.anything(),
          async (stored, type, found) => {
            const config = { [name]: stored, [`${name}Type`]: type } as unknown as NodeConfig;
            const evaluate = () => Promise.resolve(found);
            await refusedOr(() => field.read({ name, config, evaluate }));
          },
        ),
        bounded(400),
      );
    });
  }

  it('a list is taken or refused in words, whatever its elements are', async () => {
    const broken = () => {
      throw new Error('broken getter');
    };
    const element = fc.oneof(nasty, fc.anything(), fc.constant('a,b'), fc.integer(), fc.constant(null));
    const ways = ['plain', 'holes', 'getter', 'long', 'nested', 'sparse'] as const;
    // Not by fast-check: it reads what it makes.
    const made = (given: readonly unknown[], how: (typeof ways)[number]): unknown[] => {
      const elements = [...given];
      if (how === 'holes') elements.length += 20;
      if (how === 'long') return Array.from({ length: 30_000 }, (_, place) => elements[place % 30] ?? 'j');
      if (how === 'nested') return [elements, [elements]];
      if (how === 'sparse') elements[50_000] = 'j';
      if (how === 'getter')
        Object.defineProperty(elements, elements.length, { enumerable: true, get: broken });
      return elements;
    };
    const lists: Record<string, Field<unknown>> = {
      jobs: jobsField(),
      events: checksField(WATCH_EVENTS, ['completed', 'job']),
      limits: listField((row) => row),
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(element, { maxLength: 30 }),
        fc.constantFrom(...ways),
        fc.constantFrom(...Object.keys(lists)),
        async (elements, how, name) => {
          const found = made(elements, how);
          const config = {
            [name]: name === 'jobs' ? 'list' : found,
            [`${name}Type`]: 'msg',
          } as unknown as NodeConfig;
          // What only a dialog holds is JSON, and has no getters.
          if (name === 'jobs' || how !== 'getter')
            await refusedOr(() => lists[name]!.read({ name, config, evaluate: () => found }));
          await refusedOr(() => fileReferences(found));
        },
      ),
      bounded(400),
    );
  });

  it('an id that is taken can be a part of an address', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(nasty, fc.anything()), async (found) => {
        const config = { jobId: 'jobId', jobIdType: 'msg' } as unknown as NodeConfig;
        const id = await refusedOr(() =>
          jobIdField().read({ name: 'jobId', config, evaluate: () => Promise.resolve(found) }),
        );
        if (id === null) return;
        id.should.match(/^[^\p{Cc}/\\]+$/u);
        ['.', '..'].should.not.containEql(id);
      }),
      bounded(1500),
    );
  });

  it('files are references or refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.anything(), nasty, fc.array(nasty)), async (value) => {
        await refusedOr(() => fileReferences(value));
      }),
      bounded(1000),
    );
  });

  it('a glob is a filter that ends, or refused', async () => {
    const glob = fc.oneof(
      fc
        .array(
          fc.constantFrom(
            '*',
            '**',
            '/',
            '?',
            '[',
            ']',
            '{',
            '}',
            ',',
            '!',
            '(',
            ')',
            '|',
            '+',
            '@',
            '\\',
            'a',
            '.',
            '..',
          ),
          { maxLength: 14 },
        )
        .map((parts) => parts.join('')),
      nasty,
    );
    await fc.assert(
      fc.asyncProperty(glob, nastyPath, async (pattern, path) => {
        const start = performance.now();
        await refusedOr(() => {
          const matches = globFilter(pattern);
          return matches?.(path.slice(0, 200));
        });
        (performance.now() - start).should.be.below(2_000, pattern);
      }),
      bounded(1500),
    );
  });
});
