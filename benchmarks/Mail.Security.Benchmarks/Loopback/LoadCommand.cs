using System.Globalization;
using Mail.Security.Benchmarks.Loopback.Load;

namespace Mail.Security.Benchmarks.Loopback;

/// <summary>The load generator alone, against any server on loopback: prints one line of JSON.</summary>
internal static class LoadCommand
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (Parse(arguments) is not { } plan)
            return Usage();
        var result = await LoadGenerator.RunAsync(plan);
        Console.WriteLine(result.ToJson());
        return result.Errors == 0 ? 0 : 1;
    }

    private static LoadPlan? Parse(string[] arguments)
    {
        var plan = new LoadPlan { Mode = LoadMode.Pipelined, Port = 2525 };
        for (var at = 0; at < arguments.Length; at += 2)
        {
            if (at + 1 >= arguments.Length || Set(plan, arguments[at], arguments[at + 1]) is not { } next)
                return null;
            plan = next;
        }
        return plan;
    }

    private static LoadPlan? Set(LoadPlan plan, string option, string value)
    {
        if (option == "--mode")
            return Mode(value) is { } mode ? plan with { Mode = mode } : null;
        if (!double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number > int.MaxValue)
            return null;
        return option switch
        {
            "--port" => plan with { Port = (int)number },
            "--sessions" => plan with { Sessions = (int)number },
            "--size" => plan with { Size = (int)number },
            "--dots" => plan with { DotEvery = (int)number },
            "--window" => plan with { Window = (int)number },
            "--seconds" => plan with { Time = TimeSpan.FromSeconds(number) },
            "--warm" => plan with { WarmUp = TimeSpan.FromSeconds(number) },
            "--server" => plan with { Server = (int)number },
            _ => null,
        };
    }

    private static LoadMode? Mode(string name) => name switch
    {
        "lockstep" => LoadMode.LockStep,
        "envelope" => LoadMode.Envelope,
        "pipelined" => LoadMode.Pipelined,
        "bdat" => LoadMode.Chunked,
        "idle" => LoadMode.Idle,
        "starttls" => LoadMode.StartTls,
        "handshake" => LoadMode.Handshake,
        _ => null,
    };

    private static int Usage()
    {
        Console.Error.WriteLine("""
            load [--mode lockstep|envelope|pipelined|bdat|idle|starttls|handshake] [--port PORT] [--sessions N] [--size BYTES] [--dots EVERY]
                 [--window N] [--seconds S] [--warm S] [--server PID]
            """);
        return 2;
    }
}
