using SendMail.Running;

using var stop = new StopSignals();
using var input = Console.OpenStandardInput();
return await SendMailCommand.RunAsync(args, SendMailEnvironment.OfThisProcess(input), stop.Token);
