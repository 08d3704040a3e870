namespace Mail.Security.Hosting;

/// <summary>Whether a budget has room.</summary>
public enum MailDataVerdict : byte
{
    /// <summary>It has none.</summary>
    Full = 0,

    /// <summary>It has.</summary>
    Fits,
}
