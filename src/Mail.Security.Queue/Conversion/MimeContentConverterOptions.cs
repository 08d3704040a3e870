using System.ComponentModel.DataAnnotations;

namespace Mail.Security.Queue;

/// <summary>How <see cref="MimeContentConverter"/> converts.</summary>
public sealed class MimeContentConverterOptions
{
    /// <summary>The largest message that is converted, in octets; 64 MiB by default. It is held in memory while it is converted and sent.</summary>
    [Range(1024, 1 << 30)]
    public int MaxSize { get; set; } = 64 * 1024 * 1024;

    /// <summary>What is done with a message that is signed by DKIM or ARC. Default <see cref="DkimSignedMail.Refuse"/>. What is signed otherwise is never converted.</summary>
    public DkimSignedMail DkimSigned { get; set; }
}
