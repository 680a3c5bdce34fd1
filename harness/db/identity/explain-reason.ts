import type { Language } from '../verdicts/verdict-texts.ts';

type Texts = Readonly<Record<string, (first: string, second: string) => string>>;

const en: Texts = {
  'id-equal': () => 'it is the id of the device',
  'name-equal': () => 'the name is the same, letter by letter',
  'words-equal': (words) => `the same words: ${words}`,
  'words-missing': (words) => `not said: ${words}`,
  'word-typo': (typed, word) => `"${typed}" is read as "${word}" with a typing mistake`,
  'code-equal': (code) => `the same model number: ${code}`,
  'code-prefix': (typed, code) => `the number ${typed} stands for ${code} without its first letters`,
  'code-variant': (typed, code) => `${typed} and ${code} are two models: the letters behind the number differ`,
  'code-other-prefix': (typed, code) => `${typed} and ${code} are two models: the letters before the number differ`,
  'number-near': (typed, code) => `${typed} and ${code} are two models: one digit differs`,
  'code-missing': (code) => `the number ${code} was not said`,
  'code-extra': (code) => `the number ${code} is not in the name of this device`,
  'series-covers': (typed, code) => `${typed} and ${code} belong to one series; its models may differ`,
  'series-name': (models) => `it is the name of a series as well: at least ${models} models are called so, each with its number`,
  'series-differs': (typed, word) => `another series: ${typed}, not ${word}`,
  'words-differ': (typed, words) => `only the number is the same: ${typed} is not ${words}`,
  'generic-name': () => 'the name tells no device from another',
  'vendor-equal': (vendor) => `the same maker: ${vendor}`,
  'vendor-not-said': () => 'the maker was not said',
  'vendor-differs': (asked, vendor) => `another maker: ${asked}, not ${vendor}`,
  'vendor-family': (family) => `makers of one group sell the same devices under other names (${family})`,
  'maker-unknown': (word) => `"${word}" may be a maker that is not known`,
  'look-alike': (typed, latin) => `"${typed}" has letters that look like Latin ones: read as "${latin}"`,
  transcribed: (typed, latin) => `"${typed}" is "${latin}" in Cyrillic`,
  'sounds-like': (typed, latin) => `"${typed}" sounds like "${latin}"`,
  'usb-id-equal': (id) => `the same USB id: ${id}`,
  'usb-id-several': (count) => `${count} devices have this USB id`,
  'usb-id-shared': (why) => `other products have this USB id: ${why}`,
  'usb-id-listed': (list) => `a public list says that it has this USB id (${list})`,
  'usb-id-unknown': (id) => `the USB id ${id} is not known; only the name is alike`,
  'ieee1284-equal': () => 'the same IEEE 1284 device id',
  'ieee1284-several': (count) => `${count} devices answer with this device id`,
  'article-equal': (article) => `the article number ${article}`,
  'or-equivalent': () => 'an equivalent device is accepted as well',
  accessory: (word) => `"${word}" is bought for a device; the device itself is not asked for`,
  imported: (sources) => `known only from public lists (${sources}), not from our own records`,
  'rebrand-of': (device) => `it is ${device} under another maker's name`,
};

const ru: Texts = {
  'id-equal': () => 'это идентификатор устройства в базе',
  'name-equal': () => 'название совпадает буква в букву',
  'words-equal': (words) => `совпадают слова: ${words}`,
  'words-missing': (words) => `не указано: ${words}`,
  'word-typo': (typed, word) => `«${typed}» прочитано как «${word}», с опечаткой`,
  'code-equal': (code) => `совпадает номер модели: ${code}`,
  'code-prefix': (typed, code) => `номер ${typed} понят как ${code} без первых букв`,
  'code-variant': (typed, code) => `${typed} и ${code} — разные модели: отличаются буквы после номера`,
  'code-other-prefix': (typed, code) => `${typed} и ${code} — разные модели: отличаются буквы перед номером`,
  'number-near': (typed, code) => `${typed} и ${code} — разные модели: отличается одна цифра`,
  'code-missing': (code) => `номер ${code} не указан`,
  'code-extra': (code) => `номера ${code} нет в названии этого устройства`,
  'series-covers': (typed, code) => `${typed} и ${code} — одна серия, но модели могут отличаться`,
  'series-name': (models) => `так называется и целая серия: моделей с этим названием и номером не меньше ${models}`,
  'series-differs': (typed, word) => `другая серия: ${typed}, а не ${word}`,
  'words-differ': (typed, words) => `совпадает только номер: ${typed} — не ${words}`,
  'generic-name': () => 'по такому названию устройства не различить',
  'vendor-equal': (vendor) => `производитель тот же: ${vendor}`,
  'vendor-not-said': () => 'производитель не указан',
  'vendor-differs': (asked, vendor) => `другой производитель: ${asked}, а не ${vendor}`,
  'vendor-family': (family) => `производители одной группы продают те же устройства под другими названиями (${family})`,
  'maker-unknown': (word) => `«${word}» может быть неизвестным нам производителем`,
  'look-alike': (typed, latin) => `в «${typed}» буквы, похожие на латинские: прочитано как «${latin}»`,
  transcribed: (typed, latin) => `«${typed}» — это «${latin}» кириллицей`,
  'sounds-like': (typed, latin) => `«${typed}» звучит как «${latin}»`,
  'usb-id-equal': (id) => `совпадает USB-идентификатор ${id}`,
  'usb-id-several': (count) => `устройств с этим USB-идентификатором: ${count}`,
  'usb-id-shared': (why) => `этот USB-идентификатор есть и у других изделий: ${why}`,
  'usb-id-listed': (list) => `этот USB-идентификатор приписан ему открытым списком (${list})`,
  'usb-id-unknown': (id) => `USB-идентификатор ${id} неизвестен; похоже только название`,
  'ieee1284-equal': () => 'совпадает идентификатор IEEE 1284',
  'ieee1284-several': (count) => `устройств с этим идентификатором IEEE 1284: ${count}`,
  'article-equal': (article) => `артикул ${article}`,
  'or-equivalent': () => 'допускается эквивалент',
  accessory: (word) => `«${word}» — принадлежность; само устройство не запрошено`,
  imported: (sources) => `известно только из открытых списков (${sources}), не из наших записей`,
  'rebrand-of': (device) => `это ${device} под маркой другого производителя`,
};

const texts: Readonly<Record<Language, Texts>> = { en, ru };

/** Codes that every language has a sentence for. */
export const reasonCodes: readonly string[] = Object.keys(en);

/** The sentence for a reason of a match: `code` or `code:first|second`. A code that is not known is given as it is. */
export function explainReason(reason: string, language: Language): string {
  const colon = reason.indexOf(':');
  const code = colon < 0 ? reason : reason.slice(0, colon);
  const [first = '', second = ''] = colon < 0 ? [] : reason.slice(colon + 1).split('|');
  return texts[language][code]?.(first, second) ?? reason;
}
