import { generate } from 'selfsigned';

/** A key and its self-signed certificate, both PEM. */
export interface TestCertificate {
  readonly key: string;
  readonly cert: string;
}

/** A self-signed certificate for one DNS name or IP address, good for today. */
export async function createTestCertificate(name: string): Promise<TestCertificate> {
  const isAddress = /^[\d.]+$|:/.test(name);
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'test' }], {
    keyType: 'ec',
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [isAddress ? { type: 7, ip: name } : { type: 2, value: name }],
      },
    ],
  });
  return { key, cert };
}
