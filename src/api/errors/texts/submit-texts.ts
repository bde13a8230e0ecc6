/** The sentences of a submission, and what fills their places: a part of `errorTexts`, and like it in `errors.json`. */
export const submitTexts = {
  // Making a job.
  'submit-definition': 'The definition of the job can’t be used: __reason__.',
  'reason-definition-object': 'it is no object',
  'reason-definition-tiles': 'it has no jobanalyses',
  'reason-definition-analysis': 'one of its jobanalyses names no analysis',
  'reason-definition-hardware': 'one of its jobanalyses names no core type',
  'reason-definition-command': 'one of its jobanalyses has no command',
  'reason-definition-value':
    '__path__ is nothing that JSON can hold (__kind__); use texts, numbers, true, false, lists and plain objects',
  'reason-definition-hidden':
    'the value of environment variable __name__ was left out of the message that it comes from; set it anew, or choose the job as the source',
  'reason-definition-environment': 'the envVars of one of its jobanalyses are no object of names and values',
  'reason-definition-list': '__name__ of one of its jobanalyses is no list of what the API takes there',
  'submit-job-name': 'The name of a job is one line of at most 255 characters, not __name__.',
  'submit-deleted-input':
    'Input __name__ of job __jobId__ was deleted, so the job can’t be cloned. Choose another job, or upload the file and write a definition.',
  'submit-source-part':
    'Job __jobId__ can’t be cloned: the platform tells its __part__ in a form that can’t be read. Choose another job, or write a definition.',
  'submit-source-optimizer':
    'Job __jobId__ is an optimization, and the settings of its optimizer can’t be copied. Clone it on Rescale, or write a definition.',
  'submit-tokens': '__field__ must be an object of names and values, such as {"speed": 12}, not __value__.',
  'submit-token-empty': '{{__token__}} stands in the job but has no value. Add it to the placeholders.',
  'submit-token-unused':
    'There is a value for the placeholder __token__, but it stands in no command and no environment of the job. Remove it, or write it there in double braces.',
  'submit-parameters': 'The parameters can’t be used: __reason__.',
  'reason-parameters-csv': 'they are no CSV (__words__)',
  'reason-parameters-empty': 'they have no row below the header',
  'reason-parameters-header': 'column “__name__” is there twice or has no name',
  'reason-parameters-separator':
    'their columns are separated by __separator__ and not by commas; write decimals with a point',
  'reason-parameters-numbers': 'their first row has numbers and not the names of the columns',
  'reason-parameters-value': 'row __row__ has neither a text nor a number in column “__name__”',
  'reason-parameters-unreadable': 'the value of column “__name__” in row __row__ can’t be read',
  'reason-parameters-row': 'row __row__ has another number of values than the header',
  'reason-parameters-type': 'they are neither CSV text nor rows of a table',
  'submit-parameters-column':
    'Template __name__ needs __column__, which is no column of the parameters (__columns__).',
  'submit-parameters-blank':
    'Template __name__ needs __column__, and row __row__ of the parameters has no value there.',
  'submit-input-twice': 'Two inputs are called __name__. Names of inputs must differ.',
  'submit-input-empty':
    'The list of input files that replace those of the source job is empty. Name a file, or choose to add them.',
  'submit-input-name': 'An input with content needs a plain file name, not __name__.',
  'submit-input-content': 'The content of input __name__ is neither text nor a buffer.',
  'submit-input-outside': '__path__ is not below the folder __folder__, so it is not uploaded.',
  'submit-input-none': 'No file below __folder__ matches __pattern__.',
  'submit-input-many':
    'Too many files match __pattern__: __count__. Pack them into an archive, which is unpacked on the cluster.',
  'submit-input-file':
    '__path__ is no file. Pack a folder into an archive, which is unpacked on the cluster.',
  'submit-input-changed': '__path__ became shorter while it was uploaded. Try again when it is whole.',
  'submit-input-unreadable': '__path__ can’t be read: __reason__.',
  'submit-core-type': 'There is no core type __coreType__. There are: __choices__.',
  'submit-cores':
    'Core type __coreType__ can’t have these cores per slot: __cores__. Choose __choices__ or a multiple of the most.',
  'submit-slots': 'Slots are a whole number from 1, not __slots__.',
  'submit-walltime': 'The time limit is a whole number of hours, not __hours__.',
  'submit-walltime-needed': 'Core type __coreType__ needs a time limit. Enter one in hours.',
  'submit-version': 'Version __version__ of __analysis__ does not run on __coreType__, but on: __choices__.',
  'submit-no-version': 'The catalog has no version __version__ of __analysis__. There are: __choices__.',
  'submit-project': 'There is no project __project__. This key may use: __choices__.',
  'submit-project-unassigned': 'The platform did not take project __project__ for the job.',
  'submit-no-estimate':
    'What this job may cost can’t be worked out: __reason__. Because a limit of cost is set, nothing was made.',
  'reason-estimate-walltime': 'it has no time limit',
  'reason-estimate-price': 'no price is listed for core type __coreType__',
  'submit-too-dear':
    'This job may cost __amount__ (cores: __cores__, for __hours__ h at the listed price), more than the limit of __limit__. Nothing was made.',
  'submit-upload-lost':
    'The answer was lost when __name__ was uploaded. No job was made, and nothing costs: send the message again.',
  'submit-upload-cut':
    '__name__ did not arrive as it was sent. Bytes sent: __sent__, on the platform: __got__. No job was made, and nothing costs: send the message again.',
  'submit-upload-other':
    '__name__ did not arrive as it was sent: its __hash__ checksum differs. No job was made, and nothing costs: send the message again.',
  'submit-draft-left':
    'Job __jobId__ (__name__) was made and is a draft: it was not submitted. Submit or delete it on Rescale: sending the message again would make a second job. __reason__',
  'submit-draft-unanswered':
    'Job __jobId__ (__name__) was made and is a draft: it was not submitted (__reason__). Submit or delete it on Rescale: sending the message again would make a second job.',
  'submit-may-exist':
    'The answer was lost when job __name__ was made: it may exist as a draft. It was not submitted. Search for that name on Rescale before you try again.',
  'submit-may-run':
    'The answer was lost when job __jobId__ (__name__) was submitted, and its statuses do not tell whether it was: it may run. Look at it on Rescale.',
  'submit-refused-may-run':
    'Job __jobId__ (__name__) may run: its submission was refused, but its statuses can’t be read. Look at it on Rescale before you send the message again, which would make a second job. __reason__',
  'submit-refused-runs':
    'Job __jobId__ (__name__) is submitted although the platform refused it: its statuses show it. It counts as submitted. __reason__',
  'submit-unseen':
    'Job __jobId__ (__name__) was submitted and the answer was good, but its statuses do not show it: it may be a draft still. Look at it on Rescale.',
  'submit-unmade':
    'Node-RED stopped before the job of this message was made. Nothing was made, and nothing costs: send the message again.',
  'submit-interrupted':
    'Node-RED stopped after job __jobId__ (__name__) was made and before it was submitted. It is a draft: submit or delete it on Rescale.',
} as const;
