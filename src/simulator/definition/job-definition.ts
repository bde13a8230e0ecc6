import * as v from 'valibot';

/** What `POST jobs/` takes (docs/platform.md, "Making a job"), in the platform's own sentences. Keys that it does not know are ignored. */

const required = 'This field is required.';
const text = v.string((issue) =>
  issue.input === null ? 'This field may not be null.' : 'Not a valid string.',
);
const flag = v.boolean('Must be a valid boolean.');
const optionalText = v.nullish(text, '');
const reference = v.pipe(
  v.object({ id: text }, 'Expected a dictionary with an id.'),
  v.transform(({ id }) => ({ id })),
);

/** A whole number; digits in a text are taken too, as forms send them. */
const whole = (least: number) =>
  v.pipe(
    v.union(
      [v.number(), v.pipe(v.string(), v.regex(/^\s*-?\d+\s*$/), v.transform(Number))],
      'A valid integer is required.',
    ),
    v.integer('A valid integer is required.'),
    v.minValue(least, `Ensure this value is greater than or equal to ${least}.`),
  );

const hardware = v.object(
  {
    coreType: text,
    coresPerSlot: whole(1),
    slots: v.nullish(whole(1), 1),
    /** Hours, whole. */
    walltime: v.nullish(whole(1), null),
    type: v.nullish(v.picklist(['compute', 'interactive'], 'Not a valid choice.'), 'compute'),
  },
  required,
);

const inputFile = v.object(
  { id: text, decompress: v.nullish(flag, true) },
  'Expected a dictionary with an id.',
);

const analysis = v.object(
  {
    analysis: v.object({ code: text, version: v.nullish(text, null) }, required),
    command: v.pipe(
      text,
      v.check((command) => command.trim() !== '', 'This field may not be blank.'),
    ),
    hardware,
    inputFiles: v.nullish(v.array(inputFile, 'Expected a list of items.'), []),
    /** Licences and keys stand here, in clear text. */
    envVars: v.nullish(v.record(text, text, 'Expected a dictionary of items.'), null),
    useRescaleLicense: v.nullish(flag, false),
    onDemandLicenseSeller: v.nullish(v.record(v.string(), v.unknown(), 'Expected a dictionary.'), null),
    userDefinedLicenseSettings: v.nullish(v.record(v.string(), v.unknown(), 'Expected a dictionary.'), null),
    flags: v.nullish(v.record(v.string(), v.unknown(), 'Expected a dictionary.'), () => ({})),
    useMpi: v.nullish(flag, false),
    preProcessScript: v.nullish(reference, null),
    preProcessScriptCommand: optionalText,
    postProcessScript: v.nullish(reference, null),
    postProcessScriptCommand: optionalText,
    templateTasks: v.nullish(
      v.array(
        v.object({ templateFile: reference, processedFilename: text }, 'Expected a dictionary.'),
        'Expected a list of items.',
      ),
      [],
    ),
  },
  'Invalid data. Expected a dictionary.',
);

const number = v.number('A valid number is required.');
const jobVariable = v.object(
  {
    name: text,
    variableType: v.nullish(
      v.picklist(['Param', 'Design', 'Output', 'Case', 'Constraint', 'Objective'], 'Not a valid choice.'),
      'Param',
    ),
    valueGeneratorType: v.nullish(
      v.picklist(
        ['Normal', 'Uniform', 'Linspace', 'FixedRange', 'Triangular', 'LogNormal'],
        'Not a valid choice.',
      ),
      null,
    ),
    valueGeneratorSettings: v.nullish(
      v.looseObject({
        minvalue: v.optional(number),
        maxvalue: v.optional(number),
        increment: v.optional(number),
      }),
      null,
    ),
    displayOrder: v.nullish(whole(0), null),
  },
  'Expected a dictionary.',
);

export const jobDefinition = v.object(
  {
    name: v.pipe(
      text,
      v.check((name) => name.trim() !== '', 'This field may not be blank.'),
      v.maxLength(255, 'Ensure this field has no more than 255 characters.'),
    ),
    jobanalyses: v.pipe(
      v.array(analysis, 'Expected a list of items.'),
      v.minLength(1, 'This list may not be empty.'),
    ),
    description: optionalText,
    isLowPriority: v.nullish(flag, false),
    billingPriorityValue: v.nullish(
      v.picklist(['INSTANT', 'ON_DEMAND', 'RESERVED'], 'Not a valid choice.'),
      null,
    ),
    projectId: v.nullish(text, null),
    cidrRule: optionalText,
    publicKey: optionalText,
    sshPort: v.nullish(whole(1), 22),
    clusterId: v.nullish(text, null),
    jobAutomations: v.nullish(v.array(v.unknown(), 'Expected a list of items.'), []),
    paramFile: v.nullish(reference, null),
    caseFile: v.nullish(reference, null),
    jobvariables: v.nullish(v.array(jobVariable, 'Expected a list of items.'), []),
    includeNominalRun: v.nullish(flag, false),
    isTemplateDryRun: v.nullish(flag, false),
    monteCarloIterations: v.nullish(whole(1), null),
    resourceFilters: v.nullish(v.array(v.unknown(), 'Expected a list of items.'), []),
    archiveFilters: v.nullish(v.array(v.unknown(), 'Expected a list of items.'), []),
    isTemplate: v.nullish(flag, false),
    clonedFrom: v.nullish(text, null),
    templatedFrom: v.nullish(text, null),
    inputFileParseTask: optionalText,
  },
  'Invalid data. Expected a dictionary.',
);

export type JobDefinition = v.InferOutput<typeof jobDefinition>;
export type JobAnalysis = JobDefinition['jobanalyses'][number];
export type JobVariable = JobDefinition['jobvariables'][number];
