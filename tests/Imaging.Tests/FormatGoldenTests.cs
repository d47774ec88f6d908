using System.Text.Json;
using HiEndMae.Imaging.Files;

namespace HiEndMae.Imaging.Tests;

/// <summary>Files as nibabel, pydicom, dcm2niix and numpy read them; goldens/formats.py says how the values were made.</summary>
public sealed class FormatGoldenTests
{
    [Fact]
    public void Small_files_of_other_programs_have_their_values() => Check("written.json", Path.Combine(PreparationGolden.Folder, "written"), 11);

    [Fact]
    public void Real_files_have_the_values_that_other_programs_found() => Check("formats.json", Path.GetDirectoryName(ScanData.Find("formats"))!, 80);

    private static void Check(string golden, string root, int least)
    {
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(PreparationGolden.Folder, golden)));
        var wrong = new List<string>();
        int read = 0;
        string empty = Directory.CreateTempSubdirectory("hiendmae-alone-").FullName;
        try
        {
            foreach (JsonProperty file in expected.RootElement.EnumerateObject())
            {
                string path = Path.Combine(root, file.Name.Split('#')[0]);
                if (path.EndsWith(".dcm", StringComparison.Ordinal))
                {
                    // Beside it lie other codings of the same slice, which would be doubled places of one series.
                    string copy = Path.Combine(empty, Path.GetFileNameWithoutExtension(path), Path.GetFileName(path));
                    Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                    File.Copy(path, copy);
                    path = copy;
                }
                if (file.Name.EndsWith("nicom/tests/data", StringComparison.Ordinal)) path = Path.Combine(path, "0.dcm");
                try
                {
                    Volume<float> volume = VolumeReader.ReadImage(path, CancellationToken.None);
                    if (file.Name.EndsWith("#ras", StringComparison.Ordinal)) volume = Orientation.ToRas(volume);
                    string? difference = Difference(file.Value, volume);
                    if (difference is not null) wrong.Add($"{file.Name}: {difference}");
                    NiftiHeader header = VolumeReader.ReadHeader(path);
                    if (header.Size.Count != volume.Size.Count || header.Channels != volume.Channels) wrong.Add($"{file.Name}: the header alone says {header.Size}");
                    if (!VolumeReader.Files(path).All(File.Exists)) wrong.Add($"{file.Name}: its files are not all there");
                    read++;
                }
                catch (VolumeException error)
                {
                    wrong.Add($"{file.Name}: {error.Message}");
                }
            }
        }
        finally
        {
            Directory.Delete(empty, recursive: true);
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(read >= least, $"{read} files");
    }

    private static string? Difference(JsonElement expected, Volume<float> volume)
    {
        int[] size = [.. expected.GetProperty("size").EnumerateArray().Select(edge => edge.GetInt32())];
        if (volume.Size != new Size3(size[0], size[1], size[2]) || volume.Channels != expected.GetProperty("channels").GetInt32()) return $"is {volume.Size} in {volume.Channels} channels";
        double[] affine = [.. expected.GetProperty("affine").EnumerateArray().Select(value => value.GetDouble())];
        for (int i = 0; i < 12; i++)
        {
            if (Math.Abs(affine[i] - volume.Affine[i / 4, i % 4]) > 1e-5 * Math.Max(1, Math.Abs(affine[i]))) return $"has the affine {volume.Affine}, not {string.Join(' ', affine)}";
        }
        double[] finite = [.. volume.Voxels.Where(float.IsFinite).Select(value => (double)value)];
        double sum = expected.GetProperty("sum").GetDouble(), squares = expected.GetProperty("squares").GetDouble();
        double scale = finite.Sum(Math.Abs);
        if (Math.Abs(finite.Sum() - sum) > 1e-6 * scale || Math.Abs(finite.Sum(value => value * value) - squares) > 1e-6 * squares) return $"has the sum {finite.Sum()}, not {sum}";
        foreach (JsonElement voxel in expected.GetProperty("voxels").EnumerateArray())
        {
            int[] at = [.. voxel.EnumerateArray().Take(4).Select(value => value.GetInt32())];
            float value = volume.Channel(at[3])[(at[0] * size[1] + at[1]) * size[2] + at[2]];
            if (Math.Abs(value - voxel[4].GetDouble()) > 1e-6 * Math.Max(1, Math.Abs(voxel[4].GetDouble()))) return $"has {value} at {voxel}";
        }
        return null;
    }
}
