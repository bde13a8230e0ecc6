import { contentOf, type Content } from './contents';
import { fraction } from './random';

/** What a field of the airfoil case is, by its file's name. */
const fields: Record<string, { kind: string; dimensions: string; parts: number }> = {
  U: { kind: 'volVectorField', dimensions: '[0 1 -1 0 0 0 0]', parts: 3 },
  p: { kind: 'volScalarField', dimensions: '[0 2 -2 0 0 0 0]', parts: 1 },
  nut: { kind: 'volScalarField', dimensions: '[0 2 -1 0 0 0 0]', parts: 1 },
  nuTilda: { kind: 'volScalarField', dimensions: '[0 2 -1 0 0 0 0]', parts: 1 },
  phi: { kind: 'surfaceScalarField', dimensions: '[0 3 -1 0 0 0 0]', parts: 1 },
};

/** Values repeat after so many: plausible files have to be cheap, there are thousands of them. */
const DISTINCT_VALUES = 200;

/**
 * A text of exactly `bytes` bytes in the style of an OpenFOAM field file: a dictionary at its head, then a list
 * of values. @param key equal keys have equal values
 */
export function fieldFile(name: string, bytes: number, key: string): Content {
  const field = fields[name];
  const dictionary = field
    ? `FoamFile\n{\n    version     2.0;\n    format      ascii;\n    class       ${field.kind};\n    object      ${name};\n}\n\n` +
      `dimensions      ${field.dimensions};\n\ninternalField   nonuniform List<${field.parts === 3 ? 'vector' : 'scalar'}>\n(\n`
    : `FoamFile\n{\n    version     2.0;\n    format      ascii;\n    object      ${name};\n}\n\n`;
  const end = ')\n;\n';
  const body = Math.max(0, bytes - dictionary.length - end.length);
  const values = listOfValues(key, field?.parts ?? 1, body);
  const whole = dictionary + values.repeat(Math.ceil(body / Math.max(1, values.length))).slice(0, body) + end;
  return contentOf(whole.slice(0, bytes));
}

/** @param enough bytes; what lies beyond is not needed */
function listOfValues(key: string, parts: number, enough: number): string {
  let text = '';
  for (let row = 0; row < DISTINCT_VALUES && text.length < enough; row += 1) {
    const values: string[] = [];
    for (let part = 0; part < parts; part += 1) {
      values.push(((fraction(key, row, part) - 0.3) * 30).toPrecision(6));
    }
    text += parts === 3 ? `(${values.join(' ')})\n` : `${values[0]}\n`;
  }
  return text;
}

const GRID = { columns: 40, rows: 16 };

/**
 * The pressure around the airfoil as a legacy ASCII VTK file, which ParaView opens.
 * @param velocity of the free stream, m/s; @param angle of attack, radians
 */
export function pressureGrid(velocity: number, angle: number): Content {
  const points: string[] = [];
  const pressures: string[] = [];
  for (let row = 0; row < GRID.rows; row += 1) {
    for (let column = 0; column < GRID.columns; column += 1) {
      const x = -1 + (4 * column) / (GRID.columns - 1);
      const y = -1 + (2 * row) / (GRID.rows - 1);
      points.push(`${x.toFixed(5)} ${y.toFixed(5)} 0`);
      // Low above the profile, high below its nose, fading with the distance.
      const near = Math.exp(-2 * ((x - 0.25) ** 2 + y ** 2));
      pressures.push((-0.5 * velocity ** 2 * near * (Math.sign(y) * Math.sin(angle) * 2 + 0.1)).toFixed(4));
    }
  }
  const count = points.length;
  return contentOf(
    `# vtk DataFile Version 3.0\nairFoil2D\nASCII\nDATASET STRUCTURED_GRID\n` +
      `DIMENSIONS ${GRID.columns} ${GRID.rows} 1\nPOINTS ${count} float\n${points.join('\n')}\n` +
      `POINT_DATA ${count}\nSCALARS p float 1\nLOOKUP_TABLE default\n${pressures.join('\n')}\n`,
  );
}
