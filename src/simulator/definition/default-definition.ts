import * as v from 'valibot';
import { jobDefinition, type JobDefinition } from './job-definition';

/** The definition of a job that a script made, which says nothing of hardware and software. */
export function defaultDefinition(name: string): JobDefinition {
  return v.parse(jobDefinition, {
    name,
    jobanalyses: [
      {
        analysis: { code: 'user_included', version: '0' },
        command: './run.sh',
        hardware: { coreType: 'emerald', coresPerSlot: 18 },
      },
    ],
  });
}
