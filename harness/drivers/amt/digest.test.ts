import { expect } from 'chai';
import { answerChallenge, digestResponse, readChallenge } from './digest.ts';

describe('digest', () => {
  it('answers the example of RFC 2617, section 3.5', () => {
    const challenge = readChallenge('Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"');
    if (challenge === undefined) throw new Error('the challenge was not read');
    const header = answerChallenge(challenge, { user: 'Mufasa', password: 'Circle Of Life', method: 'GET', path: '/dir/index.html', count: 1, clientNonce: '0a4f113b' });
    expect(header).to.contain('response="6629fae49393a05397450978507c4ef1"').and.contain('nc=00000001').and.contain('opaque="5ccc069c403ebaf9f0171e9517f40e41"');
    expect(header).not.to.contain('Circle');
  });

  it('takes no other scheme and no other algorithm', () => {
    for (const header of ['', 'Basic realm="x"', 'Digest realm="x"', 'Digest realm="x", nonce="y", qop="auth-int"', 'Digest realm="x", nonce="y", qop="auth", algorithm=SHA-256']) expect(readChallenge(header), header).to.equal(undefined);
  });

  it('depends on every part', () => {
    const parts = { user: 'u', realm: 'r', password: 'p', method: 'POST', path: '/wsman', nonce: 'n', nc: '00000001', cnonce: 'c' };
    const answers = Object.keys(parts).map((key) => digestResponse({ ...parts, [key]: 'other' }));
    expect(new Set([...answers, digestResponse(parts)]).size).to.equal(9);
  });
});
