namespace Mail.Security.Fuzz.Targets;

/// <summary>An input that stands for several messages: each of its lines is one.</summary>
internal static class Messages
{
    public static List<byte[]> Split(byte[] input, int most)
    {
        var messages = new List<byte[]>();
        foreach (var line in input.AsSpan().Split((byte)'\n'))
        {
            if (messages.Count == most)
                break;
            messages.Add(input[line]);
        }
        return messages;
    }
}
