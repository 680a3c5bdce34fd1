import { HwlabError } from '../base/hwlab-error.ts';

/** An address of `--public-url` without a slash at its end. @throws HwlabError `option-invalid` */
export function checkedUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new HwlabError({ code: 'option-invalid', blame: 'usage', message: `--public-url: "${text.slice(0, 100)}" is not an address like https://hw.example.org` });
  }
  return url.href.replace(/\/+$/, '');
}
