using System.Collections.Concurrent;

namespace HiEndMae.Mlflow.Tests;

/// <summary>A run directory, a stand-in server and a clock; sessions of the directory one after another.</summary>
internal sealed class SessionFixture : IDisposable
{
    public static readonly Dictionary<string, string> NoTags = [];

    public SessionFixture(ServerVersion version = ServerVersion.V2_17) : this(new StandInMlflow(version))
    {
    }

    public SessionFixture(IBackend backend) => Server = new StandInServer(backend);

    public TempFolder Folder { get; } = new();

    public StandInServer Server { get; }

    public WallClock Clock { get; } = new();

    public ConcurrentQueue<string> Notes { get; } = [];

    public Dictionary<string, string> Variables { get; } = new() { ["USER"] = "bob" };

    public string RunFolder => Folder["run"];

    public string Spool => Path.Combine(RunFolder, "tracking", "spool.log");

    public StandInMlflow Mlflow => Server.Mlflow;

    public static MlflowClientOptions Hasty { get; } = new()
    {
        AttemptTimeout = TimeSpan.FromMilliseconds(250),
        MaxRetries = 1,
        RetryDelay = TimeSpan.FromMilliseconds(1),
        MaxRetryDelay = TimeSpan.FromMilliseconds(5),
    };

    /// <summary>How patient sessions are.</summary>
    public MlflowClientOptions Patience { get; init; } = Hasty;

    /// <summary>Ends the sending at the end of sessions.</summary>
    public CancellationToken Leave { get; init; }

    public TrackingSession Open(string? address = null, TimeSpan? linger = null)
    {
        Directory.CreateDirectory(RunFolder);
        var options = new TrackingSessionOptions
        {
            SendEvery = TimeSpan.FromMilliseconds(1),
            RetryAfter = TimeSpan.FromMilliseconds(1),
            MaxRetryAfter = TimeSpan.FromMilliseconds(5),
            RetryAtEnd = TimeSpan.FromMilliseconds(5),
            LingerAtEnd = linger ?? TimeSpan.FromSeconds(60),
            LeaveAtEnd = Leave,
            Client = Patience,
        };
        return TrackingSession.Open(RunFolder, TrackingTarget.Parse(address ?? Server.Address, Folder.Path, Read), Read, Clock, Notes.Enqueue, options);
    }

    /// <summary>Sends what waits, patiently.</summary>
    public int Sync(string? address = null) => SpoolSync.Send(
        RunFolder, address is null ? null : TrackingTarget.Parse(address, Folder.Path, Read), Read, Clock, Notes.Enqueue, new MlflowClientOptions { RetryDelay = TimeSpan.FromMilliseconds(5) }, CancellationToken.None);

    public SpoolStatus Status() => SpoolSync.StatusOf(RunFolder, null, Read);

    public ServerRun Run(string name) => Assert.Single(Mlflow.Runs.Values, run => run.Name == name && !run.IsDeleted);

    public string? Read(string name) => Variables.GetValueOrDefault(name);

    public void Dispose()
    {
        Server.Dispose();
        Folder.Dispose();
    }
}
