const units =
  'шт|штук\\p{L}*|стр(?:аниц\\p{L}*)?\\.? ?(?:\\/|в) ?мин\\p{L}*|ppm|стр(?:аниц\\p{L}*)?|dpi|точ\\p{L}*|т\\/д|мб|гб|тб|mb|gb|tb|мбайт|гбайт|мгц|ггц|mhz|ghz|кг|kg|мм|mm|см|cm|вт|дюйм\\p{L}*|inch(?:es)?|in|лист\\p{L}*|бит|bit|гц|hz|руб\\p{L}*|мес\\p{L}*|лет|год\\p{L}*|pcs|pages|sheets|экз|комплект\\p{L}*|компл|касан\\p{L}*|touch(?:es)?|points?';

/** Units that are written close to their number; `1600cm` and `5000in` are models. */
const closeUnits = 'шт|ppm|dpi|мб|гб|тб|gb|tb|мгц|ггц|mhz|ghz|кг|мм|см|вт|гц|hz';

const numberWithUnit = new RegExp(`(?<![\\p{L}\\p{N}.,-])(\\d{1,6})(?:[.,]\\d{1,3})?(?:[ -](?:${units})|(?:${closeUnits}))\\.?(?![\\p{L}\\p{N}])`, 'gu');
const resolution = /(?<![\p{L}\p{N}])\d{3,5} ?[xх×*] ?\d{3,5}(?![\p{N}])/gu;
const standards = /(?<![\p{L}\p{N}])(?:usb ?[1234](?:\.[0-9])?|802\.11[a-z/]*|ieee ?1284|ieee ?802\S*|10\/100(?:\/1000)?(?:base-?tx?)?|гост ?р?(?: ?\d[\d.-]*)?|окпд ?2?(?: ?\d[\d.]*)?|ктру(?: ?\d[\d.-]*)?)(?![\p{L}\p{N}])/gu;
const paper = /(?<![\p{L}\p{N}])[aа]([0-6])(?![\p{L}\p{N}])/gu;

/**
 * A folded name without what is measured in it: resolutions and standards go, a number with a unit ("40 стр/мин", "32GB") and a format of paper stay as
 * a number with an inch mark, which readers take for chatter unless the model's own name has it.
 */
export function withoutMeasures(folded: string): string {
  return folded.replace(resolution, ' ').replace(standards, ' ').replace(numberWithUnit, '$1" ').replace(paper, 'a$1" ');
}
