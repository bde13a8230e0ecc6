import type { Ending, MadeJob, SubmitCrashReport } from './submit-harness';

/** What must be empty, and counts of the rest. */
interface SubmitVerdict {
  wrong: {
    /** More than one job of one message. */
    madeTwice: string[];
    /** More than one request to submit a job was carried out. */
    submittedTwice: string[];
    /** A job id was told of a job that does not exist, or that is another message's. */
    invented: string[];
    /** Told as submitted and a draft, told as a draft and submitted, told as not made and made, submitted and not told so. */
    untrue: string[];
    /** Ended in two different ways, or twice with a job id without saying so. */
    endedTwice: string[];
    /** Jobs that nobody was told of. */
    untold: string[];
    /** Errors that no lost answer and no end of Node-RED explains: then the run proves nothing. */
    unexplained: string[];
  };
  /** Messages by what they came to. */
  ends: Record<End, number>;
  /** Messages that were told the same again after a kill. */
  again: number;
}

type End = 'job' | 'draft' | 'may exist' | 'may run' | 'not made' | 'another error' | 'nothing';

export const nothingWrong = (): SubmitVerdict['wrong'] => ({
  madeTwice: [],
  submittedTwice: [],
  invented: [],
  untrue: [],
  endedTwice: [],
  untold: [],
  unexplained: [],
});

export function judgeSubmissions({ marks, endings, jobs }: SubmitCrashReport): SubmitVerdict {
  const wrong = nothingWrong();
  const ends: SubmitVerdict['ends'] = {
    job: 0,
    draft: 0,
    'may exist': 0,
    'may run': 0,
    'not made': 0,
    'another error': 0,
    nothing: 0,
  };
  let again = 0;
  for (const mark of marks) {
    const mine = jobs.filter(({ name }) => name.startsWith(mark));
    const told = endings.filter((ending) => ending.mark === mark);
    const kinds = new Set(told.map(endOf));
    const [kind = 'nothing'] = kinds;
    ends[kind] += 1;
    if (told.length > 1) again += 1;
    if (mine.length > 1) wrong.madeTwice.push(mark);
    if (mine.some(({ submissions }) => submissions > 1)) wrong.submittedTwice.push(mark);
    const silently = told.slice(1).some((ending) => 'jobId' in ending && !ending.redelivered);
    if (kinds.size > 1 || silently) wrong.endedTwice.push(`${mark} ${[...kinds].join(', ')}`);
    for (const ending of told) {
      if ('code' in ending && endOf(ending) === 'another error' && ending.code !== 'RESCALE_CLOSED')
        wrong.unexplained.push(`${mark} ${ending.code} ${ending.message}`);
    }
    if (kind === 'nothing' && mine.length > 0) wrong.untold.push(mark);
    for (const ending of told) {
      const claimed = claimOf(ending, mine);
      if (claimed === null) wrong.invented.push(`${mark} ${JSON.stringify(ending)}`);
      else if (!isTrue(ending, mine[0])) wrong.untrue.push(`${mark} ${JSON.stringify(ending)}`);
    }
  }
  return { wrong, ends, again };
}

function endOf(ending: Ending): End {
  if ('jobId' in ending) return 'job';
  if (/it may exist/.test(ending.message)) return 'may exist';
  if (/it may run/.test(ending.message)) return 'may run';
  if (/is a draft/.test(ending.message)) return 'draft';
  return /Nothing was made/.test(ending.message) ? 'not made' : 'another error';
}

/** The job that it names, or undefined when it names none; null when that is none of this message's. */
function claimOf(ending: Ending, mine: MadeJob[]): MadeJob | undefined | null {
  const id = 'jobId' in ending ? ending.jobId : /\b[Jj]ob (\w+) \(/.exec(ending.message)?.[1];
  if (id === undefined) return undefined;
  return mine.find((job) => job.id === id) ?? null;
}

function isTrue(ending: Ending, job: MadeJob | undefined): boolean {
  switch (endOf(ending)) {
    case 'job':
      return job?.submitted === true && 'jobId' in ending && ending.submitted;
    case 'draft':
      return job?.submitted === false;
    case 'may exist':
      // It says that it was not submitted.
      return job?.submitted !== true;
    case 'may run':
      return job !== undefined;
    default:
      return job === undefined;
  }
}
