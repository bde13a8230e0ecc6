/** The fields of the nodes that read files. */
import { shownValue } from '../../api/errors/shown-value';
import { RescaleError } from '../../api/errors/errors';
import { offeredEncodings } from '../../runs/files/offered-encodings';
import { textEncoding } from '../../runs/files/text-encoding';
import { isBlank, requiredField, type Check, type Field } from './fields';

/** How the bytes of a file are text: one of the dialog's, or any other name that Node.js knows. */
export const encodingField = (): Field<string> => ({
  read({ name, config }) {
    const value = config[name];
    if (isBlank(value)) return offeredEncodings[0];
    return textEncoding(typeof value === 'string' ? value.trim() : JSON.stringify(value)).name;
  },
});

/** A path of a file of a run. A leading slash is allowed, because `resource` begins with one. */
const path: Check<string> = (value, shown) => {
  if (
    typeof value === 'string' &&
    !/\p{Cc}/u.test(value) &&
    !value.split('/').includes('..') &&
    value.length <= 4096
  ) {
    return value;
  }
  throw new RescaleError('RESCALE_INPUT', 'input-path', { field: shown, value: shownValue(value) });
};

export const pathField = (): Field<string> => requiredField({ value: 'path', type: 'msg' }, path);
