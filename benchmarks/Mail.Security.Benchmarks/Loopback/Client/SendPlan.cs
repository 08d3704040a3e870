using System.Globalization;

namespace Mail.Security.Benchmarks.Loopback.Client;

/// <summary>What a sender does in one run.</summary>
internal sealed record SendPlan
{
    public required string Sender { get; init; }

    public required int Port { get; init; }

    /// <summary>The bytes of a message.</summary>
    public int Size { get; init; } = 1024;

    /// <summary>How long new messages are begun while it counts.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long before it counts.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Reads the arguments of the command; null when one is not known.</summary>
    public static SendPlan? Parse(string[] arguments)
    {
        var plan = new SendPlan { Sender = Senders.Feed, Port = 2525 };
        for (var at = 0; at < arguments.Length; at += 2)
        {
            if (at + 1 >= arguments.Length || Set(plan, arguments[at], arguments[at + 1]) is not { } next)
                return null;
            plan = next;
        }
        return plan;
    }

    /// <summary>The arguments that <see cref="Parse"/> reads as this plan.</summary>
    public string[] ToArguments() =>
    [
        "--sender", Sender, "--port", Number(Port), "--size", Number(Size), "--seconds", Number(Time.TotalSeconds), "--warm", Number(WarmUp.TotalSeconds),
    ];

    private static SendPlan? Set(SendPlan plan, string option, string value)
    {
        if (option == "--sender")
            return Senders.Names.Contains(value) ? plan with { Sender = value } : null;
        if (!double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number > int.MaxValue)
            return null;
        return option switch
        {
            "--port" => plan with { Port = (int)number },
            "--size" => plan with { Size = (int)number },
            "--seconds" => plan with { Time = TimeSpan.FromSeconds(number) },
            "--warm" => plan with { WarmUp = TimeSpan.FromSeconds(number) },
            _ => null,
        };
    }

    private static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);
}
