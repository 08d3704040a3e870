using System.Text;

namespace Mail.Security.Smtp.Tests.Content;

/// <summary>CRLF for every line end of any kind, one letter at a time, with nothing in common with the normaliser.</summary>
internal static class ReferenceNormaliser
{
    public static string Run(string content)
    {
        var result = new StringBuilder();
        for (var at = 0; at < content.Length; at++)
        {
            if (content[at] == '\r' && at + 1 < content.Length && content[at + 1] == '\n')
                at++;
            result.Append(content[at] is '\r' or '\n' ? "\r\n" : content[at].ToString());
        }
        return result.ToString();
    }
}
