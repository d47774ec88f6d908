using System.Text.Json;
using HiEndMae.Configuration.Shared;

namespace HiEndMae.Mlflow;

/// <summary>Reads and writes the file with a <see cref="CursorState"/>. A file that cannot be read counts as empty, because sending records again changes nothing.</summary>
internal sealed class SpoolCursor(string path, string target)
{
    public CursorState Load()
    {
        try
        {
            CursorState? state = File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), MlflowJson.Default.CursorState) : null;
            return state is { Offset: >= 0, NumRefused: >= 0, Runs: not null, Experiments: not null, Links: not null } && state.Target == target ? state : new CursorState { Target = target };
        }
        catch (JsonException)
        {
            return new CursorState { Target = target };
        }
    }

    public void Save(CursorState state) => AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, state, MlflowJson.Default.CursorState));
}
