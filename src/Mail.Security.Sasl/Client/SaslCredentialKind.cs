namespace Mail.Security.Sasl;

/// <summary>What credentials are, and so which mechanisms can use them.</summary>
public enum SaslCredentialKind : byte
{
    /// <summary>A name and a password: SCRAM, CRAM-MD5, PLAIN and LOGIN.</summary>
    Password = 0,

    /// <summary>What the channel has proven already: EXTERNAL.</summary>
    External,

    /// <summary>A name and an OAuth 2.0 access token: OAUTHBEARER and XOAUTH2.</summary>
    Token,
}
