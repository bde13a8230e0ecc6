import 'should';
import type { Job } from '../../src/api/client/types';
import { RescaleError } from '../../src/api/errors/errors';
import { cloneOf } from '../../src/runs/jobs/clone';

const tile = (more: Record<string, unknown> = {}) => ({
  analysis: { code: 'openfoam_plus', version: 'v2012+-intelmpi', name: 'OpenFOAM' },
  command: './Allrun',
  hardware: { coreType: 'emerald', coresPerSlot: 4, slots: 1, walltime: 2 },
  inputFiles: [{ id: 'mesh', name: 'mesh.zip', isDeleted: false }],
  ...more,
});
const job = (more: Record<string, unknown> = {}) =>
  ({ id: 'AbC', name: 'wing', jobanalyses: [tile()], ...more }) as unknown as Job;

function refusalOf(source: Job): RescaleError {
  try {
    cloneOf(source);
  } catch (error) {
    if (error instanceof RescaleError) return error;
    throw error;
  }
  throw new Error('it was cloned');
}

describe('the clone of a job', () => {
  it('reads a file that is named by its id alone, and an id that is a number', () => {
    const inputFiles = ['mesh', 42, { id: 7, name: 'case.zip', decompress: false }];
    const [first] = cloneOf(
      job({ jobanalyses: [tile({ inputFiles, postProcessScript: 'script' })], paramFile: 'table' }),
    ).jobanalyses;
    first!.inputFiles!.should.eql([
      { id: 'mesh', decompress: true },
      { id: '42', decompress: true },
      { id: '7', decompress: false },
    ]);
    first!['postProcessScript']!.should.eql({ id: 'script' });
    cloneOf(job({ paramFile: 'table' }))['paramFile']!.should.eql({ id: 'table' });
  });

  for (const [part, source] of [
    ['inputFiles', job({ jobanalyses: [tile({ inputFiles: { 0: { id: 'mesh' } } })] })],
    ['inputFiles', job({ jobanalyses: [tile({ inputFiles: [{ id: 'mesh' }, null] })] })],
    ['inputFiles', job({ jobanalyses: [tile({ inputFiles: [{ name: 'mesh.zip' }] })] })],
    ['inputFiles', job({ jobanalyses: [tile({ inputFiles: [['mesh']] })] })],
    ['templateTasks', job({ jobanalyses: [tile({ templateTasks: 'task' })] })],
    ['templateFile', job({ jobanalyses: [tile({ templateTasks: [{ templateFile: {} }] })] })],
    ['postProcessScript', job({ jobanalyses: [tile({ postProcessScript: ['x'] })] })],
    ['paramFile', job({ paramFile: { name: 'table.csv' } })],
    ['caseFile', job({ caseFile: true })],
    ['jobanalyses', job({ jobanalyses: [null, tile()] })],
    ['jobanalyses', job({ jobanalyses: { 0: tile() } })],
  ] as const) {
    const { jobanalyses, paramFile, caseFile } = source as unknown as Record<string, unknown>;
    it(`is refused where ${part} can't be read: ${JSON.stringify({ jobanalyses, paramFile, caseFile })}`, () => {
      const error = refusalOf(source);
      error.should.have.properties({ code: 'RESCALE_INPUT', key: 'submit-source-part' });
      error.message.should.match(new RegExp(`Job AbC can’t be cloned.* its ${part} `));
    });
  }

  it('leaves out what is null, blank or missing', () => {
    const clone = cloneOf(
      job({
        optimizer: null,
        paramFile: null,
        caseFile: '',
        jobanalyses: [tile({ inputFiles: null, templateTasks: null, postProcessScript: '' })],
      }),
    );
    clone.should.not.have.properties('paramFile', 'caseFile', 'optimizer');
    clone.jobanalyses[0]!.inputFiles!.should.be.empty();
  });

  for (const mark of [{ isDeleted: true }, { isDelelted: true }, { isDeleted: 'true' }]) {
    it(`is refused where an input has ${JSON.stringify(mark)}`, () => {
      const inputFiles = [{ id: 'mesh', name: 'mesh.zip', ...mark }];
      refusalOf(job({ jobanalyses: [tile({ inputFiles })] })).key.should.equal('submit-deleted-input');
    });
  }

  it('is refused where an optimizer would be lost', () => {
    const error = refusalOf(job({ optimizer: { analysis: { code: 'dakota' } } }));
    error.message.should.match(/AbC is an optimization.*Clone it on Rescale/);
  });
});
