/** Google's addresses for signing in; parameters, so that a test can stand for them. */
export interface GoogleEndpoints {
  /** Where the operator's browser goes. */
  readonly authorize: string;
  readonly token: string;
  readonly tokenInfo: string;
  /** Gives out tokens of service accounts. */
  readonly iamCredentials: string;
}

/**
 * The real ones. A credentials file may name others, and is not asked: it could send a refresh token
 * anywhere.
 */
export const GOOGLE_ENDPOINTS: GoogleEndpoints = {
  authorize: 'https://accounts.google.com/o/oauth2/v2/auth',
  token: 'https://oauth2.googleapis.com/token',
  tokenInfo: 'https://oauth2.googleapis.com/tokeninfo',
  iamCredentials: 'https://iamcredentials.googleapis.com',
};

/** Everything that a target needs; what it may really do is decided by the operator's roles. */
export const CLOUD_SCOPE = 'https://www.googleapis.com/auth/cloud-platform';

/** With these Google says who signed in. */
export const IDENTITY_SCOPES: readonly string[] = ['openid', 'email'];
