/**
 * The editor code that the dialogs share, as `RED.rescale`. The build puts it into the platform's file. Other files look
 * it up inside functions only, when they are called, because the editor may load the files of a package in any order.
 */
import { ask } from './ask';
import { age, localTime, seconds, size } from './figures';
import { idsOf } from './lookups';
import { dialogOf, leave, open, save, type OpenField, type OwnCode } from './open-dialog';
import { added, placeAmongEqual, watchImports } from './platforms';
import { rules } from './rules';
import { reason, text } from './texts';
import { watchHelpLinks } from './help-link';
import { watchWires } from './upstream';

RED.rescale = Object.assign(RED.rescale ?? {}, {
  text,
  reason,
  rules,
  age,
  localTime,
  seconds,
  size,
  idsOf,
  added,
  placeAmongEqual,
  leave,
  open: (node: EditorNode, fields: OpenField[], own: OwnCode) => open(node, fields, own, dialogOf(node, ask)),
  save: (node: EditorNode, fields: OpenField[], own: OwnCode) => save(node, fields, own, dialogOf(node, ask)),
});

watchImports();
watchWires();
watchHelpLinks();
