using System.ComponentModel.DataAnnotations;

namespace Mail.Security.Queue;

/// <summary>How <see cref="MimeContentConverter"/> converts.</summary>
public sealed class MimeContentConverterOptions
{
    /// <summary>The largest message that is converted, in octets; 32 MiB by default. While it is converted about two and a half times its size is held in memory, and until it is sent up to
    /// one and a half times: multiply that by the deliveries that run at a time.</summary>
    [Range(1024, 1 << 30)]
    public int MaxSize { get; set; } = 32 * 1024 * 1024;

    /// <summary>What is done with a message that is signed by DKIM or ARC. Default <see cref="DkimSignedMail.Refuse"/>. What is signed otherwise is never converted.</summary>
    public DkimSignedMail DkimSigned { get; set; }
}
