namespace DaneCheck.Checking;

/// <summary>Where the name of a submission server comes from, which decides what may prove it (RFC 7673 §3.1, §4.1).</summary>
internal enum SubmissionOrigin : byte
{
    /// <summary>Whoever runs the check gave it: the name is believed.</summary>
    Given = 0,

    /// <summary>Secure SRV records.</summary>
    SecureService,

    /// <summary>SRV records that prove nothing: DANE does not apply, and the certificate must name the domain.</summary>
    InsecureService,
}
