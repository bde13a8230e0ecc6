import type { Dialog } from '../dialog/field';
import { checkbox, glob, job, list, platform, run, select, typed } from '../dialog/kinds';

export { jobOrRun as label } from '../editor/label';

export const dialog = (): Dialog => ({
  fields: [
    platform(),
    select('scope', ['run', 'job'], { icon: 'crosshairs' }),
    job(),
    run({ when: ['scope', 'run'] }),
    checkbox('complete', true, { when: ['scope', 'run'] }),
    typed('search', { icon: 'search', blank: true, when: ['scope', 'job'] }),
    glob(),
    ...list(),
  ],
  example: { payload: [{ id: 'xYzAb', relativePath: 'VTK/wing_400.vtk' }], jobId: 'foamSweep', runId: '3' },
});
