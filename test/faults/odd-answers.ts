/** Faults in which something in front of the platform answers, or an answer is right but for a little. */
import type { FaultRule } from '../../src/simulator';
import { all, always, error, held, reads, result, type Fault } from './expectations';

type GatewayForm = NonNullable<FaultRule['gateway']>;
type OddRowKind = NonNullable<FaultRule['oddRows']>['kind'];

const SAYS: Record<Exclude<GatewayForm, 'html'>, string> = {
  text: 'as text',
  empty: 'without a word',
  json: 'in its own JSON',
  xml: 'in XML',
};

/** Neither a key nor a run is refused by what is not the platform. */
const gateways: Fault[] = [401, 403, 404].flatMap((status) =>
  Object.entries(SAYS).map(([form, says]): Fault => ({
    name: `a gateway’s ${status} ${says}`,
    rule: () => ({ status, gateway: form as GatewayForm, ...always }),
    expected: all(error('PROTOCOL')),
  })),
);

const pages: Fault[] = [
  {
    name: 'a gateway’s page with 200, once',
    rule: () => ({ status: 200, gateway: 'html' }),
    expected: reads(error('PROTOCOL'), error('PROTOCOL')),
  },
];

/** One row of many, or the one object, has a value that no description of the API knows. */
const ODD: Record<OddRowKind, string> = {
  'no-relative-path': 'no path',
  'numeric-id': 'a number beyond 2^53 for an id',
  'null-id': 'no id',
  'null-dates': 'no dates',
  'proto-variable': 'a value called __proto__',
  'zoneless-dates': 'dates without a zone',
  'word-as-end': 'a word for its end',
  'impossible-end': 'an end that no calendar has',
  'end-in-2099': 'an end that lies ahead',
  'not-an-object': 'a text for a row',
};

const oddRows: Fault[] = Object.entries(ODD).map(([kind, says]) => ({
  name: `one row with ${says}`,
  rule: () => ({ oddRows: { kind: kind as OddRowKind, at: 0 }, ...always }),
  expected: { read: result(), list: result(), hold: held },
}));

const moving: Fault[] = [
  {
    name: 'rows that move between pages',
    rule: () => ({ movedRows: 1, skip: 1 }),
    // What came twice says that something is missing, so the list is read once more.
    expected: { list: result({ least: 2 }), hold: held },
  },
];

const late: Fault[] = [
  {
    name: 'a file that is listed and not there for the first answers',
    rule: () => ({ status: 404, times: 2 }),
    config: { complete: true },
    expected: { contents: result({ least: 3 }), hold: held },
  },
];

export const gatewayRefusals: readonly string[] = gateways.map(({ name }) => name);

/** All in which what is asked first is answered by something else than the platform. */
export const notThePlatform: readonly string[] = [...gateways, ...pages].map(({ name }) => name);

export const oddAnswers: readonly Fault[] = [...gateways, ...pages, ...oddRows, ...moving, ...late];
