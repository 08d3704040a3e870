using System.Net;

namespace Mail.Security.Fuzz.Targets;

/// <summary>Sessions of a client that may say XCLIENT; each line of the input that is no command of its own is told as attributes.</summary>
internal static class XclientTarget
{
    private static readonly IPNetwork[] Trusted = [IPNetwork.Parse("192.0.2.0/24")];

    public static void Run(byte[] input)
    {
        byte[] session = [.. "XCLIENT "u8, .. input, .. "\r\nEHLO c.example\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<b@b.example>\r\nDATA\r\n.\r\nQUIT\r\n"u8];
        SessionTarget.Run(session, 0, options => options.XclientSources = Trusted);
    }
}
