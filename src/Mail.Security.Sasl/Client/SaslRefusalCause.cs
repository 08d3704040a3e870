namespace Mail.Security.Sasl;

/// <summary>What a server refused when it refused an authentication.</summary>
public enum SaslRefusalCause : byte
{
    /// <summary>It cannot be told, or something else: a failure for a time (454 in SMTP), a command it does not understand. The same credentials may do the next time.</summary>
    Unspecified = 0,

    /// <summary>The credentials (535 in SMTP).</summary>
    Credentials,
}
