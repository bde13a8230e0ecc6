import { actionTexts } from './action-texts';
import { diskTexts } from './disk-texts';
import { labelTexts } from './label-texts';
import { networkTexts } from './network-texts';
import { submitTexts } from './submit-texts';
import { watchTexts } from './watch-texts';

/**
 * Every sentence an error or a warning can say, in English, with `__name__` places. `nodes/locales/<lang>/errors.json`
 * holds the same keys under `errors` in each language; a test keeps them together.
 * Sentences speak to a flow author: what happened, and what to do where that is not plain. Words that the code puts
 * into a place are sentences too, so that no English is left in another language.
 */
export const errorTexts = {
  ...labelTexts,
  closed:
    'The node was closed or redeployed while it was working. Send the message again if it is still wanted.',
  'closed-twice':
    '__node__ was closed while it worked on messages (__count__). It was told to Catch, but another deploy came right after it, which may have ended what stands behind Catch.',
  'closed-untold':
    '__node__ was closed while it worked on messages (__count__), and nobody could be told of it. Their work has ended.',
  unexpected: 'Something went wrong inside the node. Please report it with this text: __reason__',

  'config-no-platform': 'No platform is chosen. Open the node and choose one.',
  'config-url':
    'The address of the platform can’t be used: __value__. It must be https, with nothing after the host, or the word simulator.',
  'config-variable':
    'The environment variable __variable__ is not set; the platform’s __field__ refers to it. Set it and start Node-RED again, or enter the value itself.',
  'config-no-token': 'The platform has no API key. Open its settings and enter one.',
  'config-value': 'The platform’s __field__ must be __expected__, but is __value__.',
  'config-missing-node':
    'The __field__ that the platform refers to does not exist or is disabled. Choose another one in the platform’s settings.',
  'config-proxy':
    'The address of the proxy can’t be used. It has to be http or https with a host, and special characters in its user name or password have to be percent-encoded.',
  'config-simulator': 'The simulator could not be started: __reason__',
  'read-only':
    'This platform is marked read-only, so runs can’t be stopped, snapshots can’t be taken and jobs can’t be submitted through it. Untick read-only in its settings, or choose another platform.',

  'input-blank': '__field__ is missing. Open the node and fill it in.',
  'input-unset':
    '__field__ comes from __property__, which is not set. Set it before this node, or choose a fixed value in the dialog.',
  'input-other-platform':
    'Job __jobId__ (__field__) comes from __theirs__, but this node changes runs on __platform__. Choose that platform here, or enter the job in the dialog.',
  'input-id': '__field__ can’t be used as an id: __value__. An id is a text or a number without a slash.',
  'input-type': '__field__ must be __expected__, but is __value__.',
  'input-range': '__field__ must be __expected__, but is __value__.',
  'input-expression': '__field__ can’t be evaluated: __reason__',
  'input-choice': '__field__ must be one of __choices__, but is __value__.',
  'input-number': '__field__ must be a number, but is __value__.',
  'input-whole-number': '__field__ must be a whole number, but is __value__.',
  'input-least': '__field__ must be at least __least__, but is __value__.',
  'input-most': '__field__ must be at most __most__, but is __value__.',
  'input-text': '__field__ must be a text, but is __value__.',
  'input-log':
    'msg.payload must be lines of a log (an array of texts), a text or a Buffer, but is __value__.',
  'input-list': '__field__ must be a list, but is __value__.',
  'input-jobs-most': '__field__ names more than __most__ jobs. Name fewer, or watch all jobs.',
  'input-sparse':
    '__field__ is a list with a very large index, such as a time, and nearly all of its places are empty. Add to the list with push(), or use an object for what has keys.',
  'input-unreadable': '__field__ can’t be read: __reason__. Put a plain value there.',
  'input-cell': '__property__ of row __row__ can’t be read: __reason__. Put a plain value there.',
  'input-row': '__field__ must be a row with named values, but is __value__.',
  'input-limit': '__field__ needs the name of a series and a number above or below which it is told.',
  'input-pattern': 'The patterns can’t be used: __reason__',
  'input-action': 'msg.action can’t be __value__ here. It can be: __actions__.',
  'input-action-missing': 'msg.action is missing. Set it to one of these: __actions__.',
  'input-restart':
    'msg.action “restart-sweep” begins the sweep of the simulator anew; this node asks __platform__.',
  'input-path': '__field__ must be a path inside the working directory, without “..”: __value__.',
  'not-found-job':
    'There is no job __jobId__ on __platform__, or this key may not see it. Check the id and the platform.',
  'not-found-run':
    'Job __jobId__ has no run __runId__, or there is no such job for this key. The list jobs and list runs nodes show what there is.',
  'not-found-file':
    'Run __runId__ of job __jobId__ has no file __path__. The list directory node shows those it has.',
  'not-found-run-files':
    'No files are listed of run __runId__ of job __jobId__, or there is no such run for this key. The list runs node shows what there is.',
  'not-active': 'Run __runId__ of job __jobId__ is not in progress. This works while it computes.',
  'not-found-api': 'There is no Rescale API at __platform__. Check its address and its API version.',
  'run-gone':
    'Run __runId__ of job __jobId__ is not listed by the platform any more. Whether and how it ended can’t be known. Look at the job on Rescale.',
  'not-found-file-id':
    'There is no file __fileId__ on __platform__, or this key may not see it. Take it anew from the list files node.',

  'config-plain': 'The API key is not sent over plain http: __value__ must begin with https.',
  'config-token-characters':
    'The API key holds characters that a key can’t have, such as a line break. Paste it again.',
  'config-token-quotes': 'The API key stands in quotes. Enter it without them.',
  'config-token-scheme': 'The API key stands behind “Token” or “Bearer”. Enter the key alone.',
  'config-tls': 'The TLS options can’t be used: __reason__.',

  auth: 'The platform refused the API key (HTTP __status__). Check the key, its region and whether it has expired. Platform: __platform__.',
  'auth-job':
    'Job __jobId__ is refused to this API key (HTTP __status__), which __platform__ takes for other jobs. Check who may see it.',
  'auth-forbidden':
    'The platform does not permit this (HTTP 403): “__words__” Check what the account of the API key may do, or ask its administrator. Platform: __platform__.',
  rejected: 'The platform rejected the request to __platform__ (HTTP __status__): __words__',
  'rejected-storage':
    'The file storage behind __platform__, __storage__, refused the file (HTTP __status__). List the files again and try once more.',
  'rate-limit':
    'The server still asks to slow down (HTTP 429) after __seconds__ s. Ask less often, or lower the rate of the platform. Server: __platform__.',
  'rate-limit-wait':
    'The server asks to wait __seconds__ s before the next request (HTTP 429), which is longer than a call may take. Send the message again after that. Server: __platform__.',
  'rate-limit-own':
    'The request waited __seconds__ s for its turn: more is asked than the rate set for __platform__ allows. Ask less often, or raise the rate in the platform’s settings.',
  server:
    'The server still fails (HTTP __status__) after __seconds__ s. Try again later. Server: __platform__.',
  'server-fault':
    'The server failed on this request (HTTP __status__). Try again later. Server: __platform__.',
  'server-wait':
    'The server is out of service (HTTP __status__) and asks to wait __seconds__ s. Try again after that. Server: __platform__.',
  'server-unsettled':
    'The server failed (HTTP __status__) after it was sent the request, which may have been carried out all the same. Look on Rescale before you repeat it. Server: __platform__.',
  protocol:
    'The server answered with something that is not the API’s: __reason__. Check the address and the API version. Server: __platform__.',
  'protocol-page':
    'The server answered with a web page in place of the API’s answer (HTTP __status__). Check its address. Server: __platform__.',
  'protocol-gateway':
    'Something before __platform__ has answered in its place (HTTP __status__), such as a gateway or a proxy. If that goes on, check the address.',
  'list-odd-rows':
    'The platform sent a list (__expected__) in which __count__ rows can’t be read, or not in whole. What can’t be read is left out. Platform: __platform__.',
  'list-odd-rows_one':
    'The platform sent a list (__expected__) in which __count__ row can’t be read, or not in whole. What can’t be read is left out. Platform: __platform__.',
  'protocol-empty':
    'The platform answered with nothing where __expected__ was due. Try again; if it stays so, check the address and the API version. Platform: __platform__.',
  'protocol-cut':
    'The platform sent an answer that is cut off or is not JSON. Try again; if it stays so, check the address and the API version. Platform: __platform__.',
  'protocol-shape':
    'The platform sent something else where __expected__ was due. Try again; if it stays so, check the address and the API version. Platform: __platform__.',
  'protocol-notice': 'The platform sent a notice where __expected__ was due (__platform__): __words__',
  'protocol-redirect':
    'The server redirects to __target__, where the API key must not go. If that is Rescale, enter it as the address. Server: __platform__.',
  'protocol-redirect-action':
    'The server answered this with a redirect to another of its own addresses (HTTP __status__), which is not followed. Check its address and the API version. Server: __platform__.',
  'protocol-redirect-odd':
    'The server redirects to something that is no web address. Check the address. Server: __platform__.',
  'protocol-redirects': 'The server redirects without end. Check the address. Server: __platform__.',
  'protocol-list':
    'The platform sends a list that does not end. Pages so far: __pages__. Platform: __platform__.',
  'too-large-answer':
    'The answer of __platform__ is larger than the limit of __limit__ bytes. Ask for fewer items per request.',
  'line-too-long':
    'A line of __path__ is longer than the limit of __limit__ bytes. Fetch the file with download files.',
  'too-large':
    '__what__ is larger than the limit of __limit__ bytes. Raise the size limit in the dialog, or save the file in a folder.',

  // Acting on a run, and reading its files.
  'not-active-pending':
    'Run __runId__ of job __jobId__ has not started yet: try again once it runs, for example behind a watch for its start.',
  'not-active-ended':
    'Run __runId__ of job __jobId__ has ended: what it left is found with list files and download files.',
  'not-active-job': 'Job __jobId__ has ended.',
  'follow-unread':
    'The last lines of __path__ (run __runId__ of job __jobId__) may be missing: the file could not be read within __seconds__ s of the end. Read it with tail file or download files. __reason__',
  'follow-short': 'The output file __path__ lacks lines that it had while its run computed.',
  'not-found-output':
    'Run __runId__ of job __jobId__ has ended and has no output file __path__. The list files node shows those it has.',
  'input-glob':
    'The pattern __glob__ would take too long to compare: use at most __most__ stars between two slashes beside brackets, and fewer characters.',
  'input-path-ambiguous':
    '__path__ can mean several files of run __runId__ of job __jobId__: __matches__. Give the path in full.',
  'input-path-run': '__path__ belongs to another run than run __runId__ of job __jobId__.',

  // Downloads.
  checksum: '__path__ does not match its __hash__ checksum, so it was not kept. Download it again.',
  'download-size':
    'The size of __path__ is not as listed (bytes: __bytes__, listed: __expected__), so it was not kept. Download it again.',
  'download-page':
    'What came for __path__ is a web page or an error message, and the platform tells neither size nor checksum of the file, so it was not kept. Try again later, or look at the file on Rescale.',
  'download-broken':
    'The download of __path__ broke off without getting further (attempts: __times__). Check the network and try again.',
  'path-outside': '__path__ would be written outside its folder. Fetch it into a message instead.',
  'path-name': '__path__ can’t be used as a file name here: __reason__. Fetch it into a message instead.',
  'path-exists': '__path__ exists already. Choose to replace it, or another folder.',
  'path-write': '__path__ can’t be written: __reason__. Check the folder and who may write there.',
  'download-failed': 'Files that could not be downloaded: __failed__ of __total__; the first: __first__',

  // Tables and charts of runs.
  'table-no-rows':
    'The payload is no run, list of runs or list of rows (objects): it is __value__. Put a list runs node before this one.',
  'input-goals-opposite': '__field__ names __column__ twice, as min and as max. Remove one of the two.',
  'input-list-shape': '__field__ is not a list of __expected__: it is __value__.',
  'chart-no-column': 'No row has a column “__column__” (field __field__). Name one that the rows have.',
  'chart-no-y':
    'No column of the rows fits what “y axis” names. Name one that the rows have, or leave it blank.',
  'chart-no-front':
    'The rows do not say which of them are on the Pareto front. Put a tabulate runs node with goals before this one.',

  // Warnings: what could not be kept, or was found otherwise than it was left.
  'message-request': 'A message that belongs to an open HTTP request can’t be stored.',
  'message-function': 'A message that holds functions or streams can’t be stored.',
  'message-size': 'A message of more than 1 MiB is not stored.',
  'state-not-durable':
    'There is no user directory, so what this node keeps is lost with the next restart. Start Node-RED with a user directory.',
  'state-in-memory': '__why__ It is held in memory and ends with the next restart or deploy.',
  'state-not-stored':
    'What this node keeps could not be written to disk, so a restart may lose or repeat some of it: __reason__',
  'state-not-removed': 'Something that is over could not be removed from disk: __reason__',
  'state-recovered': 'What was stored was read from an older copy, because its file was damaged.',
  'state-foreign': 'What was stored for another platform was dropped: __count__.',
  'state-unreadable':
    'What was stored can’t be read, and does not go on: __count__. Look on the platform at what became of it, or install the version of this package that wrote it. What is begun anew in its place keeps it beside, in a file that ends in .unread: __places__',
  'state-unread':
    'What was stored can’t be read at the moment: __count__. It is left as it is and tried again: __reason__',
  'state-strange':
    'A file was not read, because its name does not belong to what it holds. If it is a copy that a sync or backup tool made, remove it: __file__',
  'state-folder-unread':
    'The folder where this node keeps its state can’t be read. Nothing in it is changed, and it is tried again until it can: __reason__',
  'wait-in-memory': '__why__ It waits in memory and ends with the next restart or deploy.',
  'wait-not-durable': 'There is no user directory, so waits end with the next restart or deploy.',
  'wait-not-stored': 'A wait could not be written to disk: __reason__',
  'wait-not-removed': 'A wait that is over could not be removed from disk: __reason__',
  'wait-recovered': 'A wait was read from an older copy, because its file was damaged.',
  'wait-foreign': 'Waits of another platform were dropped: __count__.',
  'wait-unreadable':
    'Stored waits that can’t be read, and so do not go on: __count__. Look at their runs on the platform and send their messages again, or install the version of this package that wrote them: __places__',
  'follow-in-memory': '__why__ The file is followed only until the next restart or deploy.',
  'follow-not-durable':
    'There is no user directory, so files are followed only until the next restart or deploy.',
  'follow-not-stored': 'Which file is followed could not be written to disk: __reason__',
  'follow-progress-not-stored': 'How far a file was followed could not be written to disk: __reason__',
  'follow-not-removed':
    'What was stored of a file that is followed no longer could not be removed from disk: __reason__',
  'follow-recovered': 'How far a file was followed was read from an older copy: some lines can come twice.',
  'follow-foreign': 'Files that were followed on another platform are followed no longer: __count__.',
  'follow-unreadable':
    'Files that are followed no longer, because what was stored of them can’t be read: __count__. Start to follow them again, which keeps what was stored beside, in files that end in .unread, or install the version of this package that wrote it: __places__',
  'log-not-stored':
    'What is known of a log can’t be written to disk (__reason__). A restart may lose it, and what was told may come again.',
  'log-set-aside':
    'What was stored of a log can’t be read: it is judged anew from what comes now, and what was told may come again. What was stored is kept beside, in a file that ends in .unread: __log__',
  'log-unreadable':
    '__count__ stored logs can’t be read and are left alone. They are judged anew from what comes now.',
  'log-unreadable_one':
    '__count__ stored log can’t be read and is left alone. It is judged anew from what comes now.',

  // What stands in a place of another key: why …
  'reason-unsaid': 'no reason was given.',
  'reason-status': 'HTTP status __status__',
  'reason-answered': 'The answer was HTTP status __status__.',
  'reason-part-without-place': 'a part of a file that does not say where it belongs',
  'reason-packed': 'a file that a proxy packed on the way (__packing__) and that cannot be unpacked',
  'reason-empty-list': 'an empty list of the runs of job __jobId__, which has __count__',
  'reason-no-run-list': 'it knows the job, but not its list of runs',
  'reason-name-empty': 'it is empty',
  'reason-name-control': 'it holds a control character',
  'reason-name-long': 'it is too long',
  'reason-name-device': '__part__ is a device of Windows',
  'reason-name-end': 'it ends with a dot or a space',
  'reason-name-character': 'it holds a character that Windows forbids',
  'reason-name-file': '__part__ is a file',
  // … what something must be …
  'expected-files': 'a file, a file’s id or an array of them',
  'expected-whole-least': 'a whole number, at least __least__',
  'expected-whole-range': 'a whole number from __least__ to __most__',
  'expected-columns': 'columns, each { name, title }',
  'expected-goals': 'goals, each { name, goal: min or max }',
  'expected-marks': 'marks, each { value, label }',
  // … and what it is.
  'value-array': 'an array',
  'value-object': 'an object',
  'value-array-of': 'an array that holds __value__',
  // A field by the label that its dialog has for it.
  'field-label': '“__label__”',

  // What stands in tables and pictures.
  'label-input': 'Input',
  'label-output': 'Output',
  'label-pearson': 'Correlation (Pearson)',
  'label-spearman': 'Rank correlation (Spearman)',
  'label-open': 'open',
  'label-none': 'none yet',
  'label-utc': 'Times are UTC.',
  'label-no-rank': '? = can’t be told: the run has no number for a goal.',
  'label-row': 'row',
  'label-front': 'Pareto front',
  'label-best': 'best',
  'label-other-runs': 'other runs',
  'chart-no-rows': 'Nothing to draw yet: no rows',
  'chart-no-values': 'Nothing to draw: no numbers',
  'chart-not-on-log': 'Values at or below 0, not on this logarithmic axis: __count__',
  'chart-failed': 'Failed runs, left out: __count__',
  'chart-awaited': 'Runs whose results are still missing, left out: __count__ of __all__',
  'chart-blank': 'Rows without these numbers, left out: __count__ of __all__',
  'chart-columns-shown': 'Columns shown: __shown__ of __all__',
  'chart-series-shown': 'Series shown: __shown__ of __all__',
  'chart-rows-shown': 'Drawn: __shown__ of __all__; the largest and the smallest are among them',
  ...actionTexts,
  ...diskTexts,
  ...networkTexts,
  ...submitTexts,
  ...watchTexts,
} as const;

export type ErrorTextKey = keyof typeof errorTexts;
