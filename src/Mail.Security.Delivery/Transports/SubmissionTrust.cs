namespace Mail.Security.Delivery;

/// <summary>Whether a submission server must prove who it is.</summary>
public enum SubmissionTrust : byte
{
    /// <summary>It must: by its TLSA records where it has secure ones, else by a certificate for its name, with a chain to a trusted root.</summary>
    Verified = 0,

    /// <summary>
    /// Any certificate will do: whoever is on the path can read the mail. STARTTLS stays required, mechanisms that give the password away are not used unless named
    /// (<see cref="Sasl.SaslClientOptions.AllowedUnverified"/>), and a message that requires TLS is verified all the same.
    /// </summary>
    DangerouslyUnverified,
}
