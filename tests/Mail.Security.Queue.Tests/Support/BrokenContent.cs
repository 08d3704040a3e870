using Mail.Security.Transports;

namespace Mail.Security.Queue.Tests;

/// <summary>A content that cannot be read.</summary>
internal sealed class BrokenContent : MessageContent
{
    public override long Length => 100;

    public override Stream OpenRead() => throw new IOException("the content is gone");
}
