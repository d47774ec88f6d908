using System.Text.RegularExpressions;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Failures;
using HiEndMae.Engine.Training;
using HiEndMae.Engine.Weights;
using HiEndMae.Host.Output;
using HiEndMae.Imaging;
using HiEndMae.Mlflow;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Machine;
using HiEndMae.TorchRepairs;

namespace HiEndMae.Host.Commands;

/// <summary>Turns exceptions that the user can act on into one line and an exit code.</summary>
internal static partial class ErrorBoundary
{
    public static async Task<int> RunAsync(HostEnvironment environment, Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
        catch (OperationCanceledException error)
        {
            string why = error is TimeBudgetException ? error.Message : "interrupted";
            await environment.Error.WriteLineAsync($"{why}; 'run --resume' continues from the last checkpoint, or from the start if none was written yet.");
            return ExitCodes.Interrupted;
        }
        catch (InvalidExperimentException error)
        {
            DiagnosticOutput.Print(environment, error.Diagnostics);
            return ExitCodes.BadUsage;
        }
        catch (Exception error) when (OutOfMemory.IsSaidBy(error))
        {
            await environment.Error.WriteLineAsync($"error: Memory ran out: {OutOfMemory.FirstLine(error)}. To use less, lower [evaluate] window_batch, leave out flips, or train with fewer or smaller crops.");
            return ExitCodes.Failed;
        }
        catch (Exception error) when (DiskErrors.AreOfSpace(error))
        {
            await environment.Error.WriteLineAsync($"error: The disk is full. {WithoutPartial(error.Message).TrimEnd('.')}. All files that were written before are complete; free some space, and repeat the command ('run' with --resume).");
            return ExitCodes.Failed;
        }
        catch (IOException error) when (IsReadOnly(error))
        {
            await environment.Error.WriteLineAsync($"error: {error.Message.TrimEnd('.')}. Nothing can be written there; choose another folder, for runs with --out.");
            return ExitCodes.Failed;
        }
        catch (Exception error) when (Classify(error) is { } code)
        {
            await environment.Error.WriteLineAsync($"error: {error.Message}");
            return code;
        }
        catch (Exception error) when (PluginFault.Of(error) is { } fault)
        {
            string place = FailurePlace.Of(error) is { Length: > 0 } notes ? $" ({notes})" : "";
            await environment.Error.WriteLineAsync($"error: the plugin '{fault.Plugin}' {fault.Version} failed in {fault.Method}{place}: {error.GetType().Name}: {error.Message} This is for the author of the plugin:\n{error}");
            return ExitCodes.Failed;
        }
        catch (Exception error)
        {
            // A bug of this program, not a mistake of the user: print everything that helps to fix it.
            await environment.Error.WriteLineAsync($"internal error: {error}");
            return ExitCodes.Failed;
        }
    }

    // Files are first written under a temporary name: the target's name and an identifier. The identifier is removed from messages, because it tells the user nothing.
    private static string WithoutPartial(string message) => PartialName().Replace(message, "");

    [GeneratedRegex(@"\.[0-9a-f]{32}(\.[0-9]+)?\.(tmp|partial)")]
    private static partial Regex PartialName();

    // EROFS has this number on Linux and macOS.
    private static bool IsReadOnly(IOException error) => !OperatingSystem.IsWindows() && error.HResult == 30;

    private static int? Classify(Exception error) => error switch
    {
        UserException or PluginException or MissingFunctionException or LibtorchFolderException => ExitCodes.BadUsage,
        VolumeException or CheckpointException => ExitCodes.BadData,
        NonFiniteLossException or MemoryLimitException or TrackingException or IOException or UnauthorizedAccessException => ExitCodes.Failed,
        _ => null,
    };
}
