using HiEndMae.Engine.Data.Cases;
using HiEndMae.Imaging;

namespace HiEndMae.Bench.Data;

/// <summary>A synthetic abdomen at 1.5 mm: organs in a body surrounded by air, with noise of 15 HU and integer HU as in scans.</summary>
internal static class Scan
{
    public static PreparedCase Make(Size3 size)
    {
        var random = new Random(1);
        var image = new float[size.Count];
        var label = new ushort[size.Count];
        for (int x = 0, at = 0; x < size.X; x++)
        {
            for (int y = 0; y < size.Y; y++)
            {
                for (int z = 0; z < size.Z; z++, at++)
                {
                    double u = 2.0 * x / size.X - 1, v = 2.0 * y / size.Y - 1, w = 2.0 * z / size.Z - 1;
                    bool body = u * u + v * v < 0.8;
                    int organ = (u - 0.3) * (u - 0.3) + v * v + w * w < 0.1 ? 1 : (u + 0.3) * (u + 0.3) + v * v + w * w < 0.04 ? 2 : 0;
                    double units = body ? 40 * Math.Sin(6 * u + 4 * w) + 60 * organ + 15 * Gauss(random) : -1000;
                    image[at] = (float)Math.Clamp((Math.Round(units) + 175) / 425, 0, 1);
                    label[at] = (ushort)(body ? organ : 0);
                }
            }
        }
        Affine affine = Affine.FromSpacing(Spacing3.Isotropic(1.5));
        return CasePacker.Pack("scan", new Volume<float>(1, size, affine, image), new Volume<ushort>(1, size, affine, label), new VolumeGrid(size, affine), numClasses: 3);
    }

    private static double Gauss(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
