/** What a node says in another language with the words of the English text: it was never translated. */
import { flat } from './catalogs';
import { linesOfItsOwn, shortened } from './help';
import { ENGLISH, type NodeSource } from './sources';

/** Several words of a sentence. A name, a unit or a pattern may well be the same in two languages. */
const isProse = (text: string) => /[a-z]{2} [a-z]/.test(text);

/** One sentence for each file that is left in English, about the first place in it. */
export function untranslated({ name, catalogs, help }: NodeSource): string[] {
  const english = flat(catalogs[ENGLISH]!);
  const lines = linesOfItsOwn(help[ENGLISH]!);
  return Object.keys(catalogs)
    .filter((language) => language !== ENGLISH)
    .flatMap((language) => {
      const text = [...flat(catalogs[language]!)].find(
        ([key, said]) => isProse(said) && said === english.get(key),
      );
      const line = linesOfItsOwn(help[language]!).find((one) => lines.includes(one));
      return [
        ...(text ? [`nodes/${name}/${language}.json says ${text[0]} in English: “${text[1]}”.`] : []),
        ...(line ? [`nodes/${name}/${language}.md says in English: “${shortened(line)}”.`] : []),
      ];
    });
}
