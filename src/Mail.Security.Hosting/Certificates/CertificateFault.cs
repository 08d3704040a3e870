namespace Mail.Security.Hosting;

/// <summary>What is wrong with a certificate on disk.</summary>
public enum CertificateFault : byte
{
    /// <summary>Not said.</summary>
    Unspecified = 0,

    /// <summary>A file is not there or may not be read.</summary>
    Unreadable,

    /// <summary>A file is written only in part: a PEM block has a beginning and no end.</summary>
    Incomplete,

    /// <summary>The file holds no certificate that can be read.</summary>
    NoCertificate,

    /// <summary>There is no private key that can be read without a password.</summary>
    NoKey,

    /// <summary>The private key is that of another certificate, as when only one of two files is renewed yet.</summary>
    KeyMismatch,

    /// <summary>The certificate is not valid any more.</summary>
    Expired,

    /// <summary>The certificate is not valid yet.</summary>
    NotYetValid,
}
